"""The plain face: commands, questions, tables and steady lines; `--json` for machines (the contract is cli.md).

Importing it costs next to nothing: every command is imported when it is called, and what a command needs of the world
is imported when it runs.
"""
