"""`completion SHELL`: the script that completes commands and options in a shell."""

import click

from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings


@click.command(
    "completion",
    cls=WizardCommand,
    example='eval "$(autocorp-wizard completion bash)"',
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@pass_settings
def command(settings: Settings, shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    from autocorp_wizard.cli.app import PROGRAM, application

    variable = f"_{PROGRAM.replace('-', '_').upper()}_COMPLETE"
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  (the three shells above are click's own)
    script = kind(application, {}, PROGRAM, variable).source()
    settings.console.document({"schema": "autocorp-wizard/completion/1", "shell": shell, "script": script})
    settings.console.result(script)
