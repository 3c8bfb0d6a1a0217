"""What an edit of an environment's answers means: which inputs of Terraform change, how to say it as a command."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from autocorp_wizard.core.answers import show
from autocorp_wizard.core.dependants import ChangedAnswer, changed_answers
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError

# Names in AWS are built from these, so what exists would be made anew beside itself.
NAMING: Final = ("project_name", "account_id", "region", "cloud", "state_bucket", "data_lake_bucket_name")


def changed_names(before: Environment, after: Environment) -> list[str]:
    """Return the answers whose value differs, in the order of the form, Terraform's inputs and the wizard's own."""
    then, now = before.answers, after.answers
    return [name for name in now if then[name].value != now[name].value]


def changed_inputs(before: Environment, after: Environment) -> tuple[ChangedAnswer, ...]:
    """Return the inputs of Terraform that differ, those that follow from another preset included."""
    return changed_answers(before.variables, after.variables)


def refuse_renaming(before: Environment, after: Environment, resources: int) -> None:
    """Raise UsageError ENVIRONMENT-DEPLOYED where an answer changes that names of existing resources are built from."""
    renaming = [name for name in changed_names(before, after) if name in NAMING]
    if renaming and resources:
        raise UsageError(
            "ENVIRONMENT-DEPLOYED",
            f"{', '.join(renaming)} cannot change while {before.name} is deployed.",
            why=f"{resources} resources exist under names built from the present answers.",
            next_step=f"Make a new environment, or destroy this one first: autocorp-wizard destroy --env "
            f"{before.name} --confirm {before.name}",
        )


def edit_command(before: Environment, after: Environment, *, saved: bool) -> str:
    """Return the command line that does the same edit; empty where there is none to do."""
    parts = ["autocorp-wizard", "env", "edit" if saved else "new", after.name]
    then = before.given if saved else {}
    parts += [
        part
        for name, value in after.given.items()
        if then.get(name) != value
        for part in ("--set", f"{name}={show(value)}")
    ]
    parts += [part for name in then if name not in after.given for part in ("--unset", name)]
    return shlex.join(parts) if len(parts) > 4 or not saved else ""


def input_lines(changes: Sequence[ChangedAnswer]) -> Iterator[tuple[str, str]]:
    """Yield the edit as a diff of the variables file: (`-` or `+`, `name = value`) pairs."""
    for each in changes:
        if each.before is not None:
            yield "-", f"{each.name} = {show(each.before) or '(empty)'}"
        if each.after is not None:
            yield "+", f"{each.name} = {show(each.after) or '(empty)'}"
