"""Command lines inside sentences: a next step that can be copied names the environment it is meant for."""

import re

# A command and the words that choose what it does; what follows (options, punctuation) stays behind the place.
_COMMAND = re.compile(
    r"autocorp-wizard "
    r"(?:agent|apply|bootstrap|checklist|destroy|dms|drift|plan|preflight|runs recover|secret|status|verify)"
    r"(?: (?:[a-z]+(?![a-z-])|PHASE))*"
    r"(?![^.;\n]*--env )"
)


def placed(text: str, environment: str) -> str:
    """Return `text` with `--env NAME` behind each command that works on an environment and does not name one."""
    return _COMMAND.sub(lambda found: f"{found.group()} --env {environment}", text)
