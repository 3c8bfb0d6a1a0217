"""`env`: environments as answers; every question has a default, says where that came from, and why we ask."""

import shlex
from pathlib import Path

import click

from autocorp_wizard.cli import asking, questions, targets
from autocorp_wizard.cli.commands import env_diff
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core import answers
from autocorp_wizard.core.answers import raise_problems
from autocorp_wizard.core.edits import changed_names, refuse_renaming
from autocorp_wizard.core.environment import Environment, name_problems
from autocorp_wizard.core.errors import InterruptedByUser, UsageError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.neighbours import beside
from autocorp_wizard.core.phases import Phase


@click.group("env", cls=WizardGroup, example="autocorp-wizard env new dev\nautocorp-wizard env show dev")
def command() -> None:
    """Environments: named sets of answers."""


command.add_command(env_diff.command)


_answers = click.option("--answers", "answers_file", metavar="FILE", help="Answers from a YAML or JSON file.")
_set = click.option("--set", "sets", metavar="NAME=VALUE", multiple=True, help="One answer; may be repeated.")


@command.command(
    "new",
    example="autocorp-wizard env new dev\nautocorp-wizard env new prod --answers prod.yaml --set region=eu-central-1",
)
@click.argument("name", required=False, default="")
@_answers
@_set
@pass_settings
def new(settings: Settings, name: str, answers_file: str | None, sets: tuple[str, ...]) -> None:
    """Answer the questions of a new environment.

    Questions that --answers and --set leave open are asked on a terminal; --yes takes the defaults.
    """
    name = _new_name(settings, name)
    if settings.store.exists(name):
        raise UsageError(
            "ENVIRONMENT-EXISTS",
            f"The environment {name!r} exists already.",
            why=f"Its answers are in {settings.store.path(name)}.",
            next_step=f"Change them: autocorp-wizard env edit {name}",
        )
    environment = asking.from_file_and_options(Environment(name), answers_file, sets)
    environment = beside(asking.complete(settings, environment), targets.others(settings))
    raise_problems(environment.problems())
    path = settings.store.save(environment)
    settings.console.document(_document(settings, environment, "env-new", path=path))
    settings.console.say(f"Environment {name} is written to {path}.", "good")
    place = f"--env {name}" + (f" --env-file {shlex.quote(settings.env_file)}" if settings.env_file else "")
    settings.console.hint(f"Next: autocorp-wizard bootstrap {place}")


@command.command("list", example="autocorp-wizard env list --json")
@pass_settings
def list_environments(settings: Settings) -> None:
    """List the environments with what is applied."""
    rows: list[dict[str, Json]] = []
    for name in settings.store.names():
        environment = settings.store.load(name)
        applied = settings.engine.applied(name)
        rows.append(
            {
                "name": name,
                "cloud": environment.cloud.value,
                "preset": environment.preset.value,
                "account_id": environment.account_id,
                "region": environment.region,
                "applied": list[Json](applied.phases) if applied else [],
                "resources": applied.resources if applied else 0,
            }
        )
    settings.console.document({"schema": "autocorp-wizard/env-list/1", "environments": list[Json](rows)})
    if not rows:
        settings.console.hint("There is no environment yet. Create one: autocorp-wizard env new dev")
        return
    settings.console.table(
        ("name", "cloud", "preset", "account", "region", "applied"),
        [
            [str(row[key]) for key in ("name", "cloud", "preset", "account_id", "region")]
            + [
                ", ".join(map(str, row["applied"]))
                if isinstance(row["applied"], list) and row["applied"]
                else "nothing"
            ]
            for row in rows
        ],
    )


@command.command("show", example="autocorp-wizard env show dev\nautocorp-wizard env show --schema")
@click.argument("name", required=False, default="")
@click.option("--schema", is_flag=True, help="List every answer there is, with its type, default and help.")
@pass_settings
def show(settings: Settings, name: str, schema: bool) -> None:
    """Show answers with their origin, what Terraform gets of them, and what is applied."""
    if schema:
        _show_schema(settings)
        return
    environment = targets.load(settings, name)
    document = _document(settings, environment, "env-show", path=settings.store.path(environment.name))
    settings.console.document(document)
    if settings.json:
        return
    settings.console.result(f"{environment.name}: {environment.preset.value} on {environment.cloud.value}")
    rows = [
        (answer.field.name, answers.show(answer.value) or "(none)", answer.origin.value, answer.field.group.value)
        for answer in environment.answers.values()
    ]
    settings.console.table(("answer", "value", "from", "group"), rows)
    applied = settings.engine.applied(environment.name)
    if applied is None or not applied.resources:
        settings.console.result("Applied: nothing that this home knows of.")
    else:
        phases = ", ".join(applied.phases)
        settings.console.result(f"Applied: {phases} ({applied.resources} resources, seen {applied.at}).")
    for waiver in environment.waivers:
        settings.console.result(f"Waived until {waiver.until}: {waiver.check} ({waiver.reason})")
    settings.console.hint("The inputs for Terraform are in `env show --json` under tfvars.")


@command.command("edit", example="autocorp-wizard env edit dev --set s3_lifecycle_days=30 --unset vpc_id")
@click.argument("name", required=False, default="")
@_answers
@_set
@click.option("--unset", metavar="NAME", multiple=True, help="Go back to the default; may be repeated.")
@pass_settings
def edit(
    settings: Settings, name: str, answers_file: str | None, sets: tuple[str, ...], unset: tuple[str, ...]
) -> None:
    """Change answers. Without options the questions are asked again, with the present answers as defaults."""
    before = targets.load(settings, name)
    for each in unset:
        SCHEMA[each]  # an unknown name is refused, not ignored
    after = asking.from_file_and_options(before, answers_file, sets, dict.fromkeys(unset))
    if not answers_file and not sets and not unset:
        questions.need_person(settings, "What should be changed?", "--set NAME=VALUE, --unset NAME or --answers FILE")
        after = asking.ask_all(settings, before)
    raise_problems(after.problems())
    changed = changed_names(before, after)
    applied = settings.engine.applied(after.name)
    refuse_renaming(before, after, applied.resources if applied else 0)
    path = settings.store.save(after)
    document = _document(settings, after, "env-edit", path=path)
    settings.console.document({**document, "changed": list[Json](changed)})
    for each in changed:
        old, new_value = (version.answers[each].value for version in (before, after))
        settings.console.say(f"{each}: {_shown(old)} -> {_shown(new_value)}")
    settings.console.say(f"{len(changed)} answers changed in {path}." if changed else "Nothing changed.")


@command.command("delete", example="autocorp-wizard env delete dev --yes")
@click.argument("name", required=False, default="")
@pass_settings
def delete(settings: Settings, name: str) -> None:
    """Forget an environment's answers; refused while anything of it is deployed."""
    environment = targets.load(settings, name)
    path = settings.store.path(environment.name)
    if not settings.store.exists(environment.name):
        settings.store.load(environment.name)  # says that there is no such environment
    asking.refuse_while_deployed(settings, environment)
    if not questions.confirm(settings, f"Delete the answers of {environment.name} ({path})?"):
        raise InterruptedByUser("NOT-DELETED", "Nothing was deleted.")
    settings.store.delete(environment.name)
    settings.console.document({"schema": "autocorp-wizard/env-delete/1", "name": environment.name, "path": str(path)})
    settings.console.say(f"{environment.name} is deleted; its runs stay readable with `runs list`.")


def _new_name(settings: Settings, given: str) -> str:
    name = given or settings.env_name
    if given and settings.env_option and given != settings.env_option:
        name = targets.environment_name(settings, given)
    if not name:
        name = questions.text(
            settings,
            "Name of the environment?",
            default="dev",
            validate=lambda text: "; ".join(p.why for p in name_problems(text)) or True,
            option="autocorp-wizard env new NAME",
        )
    raise_problems(name_problems(name))
    return name


def _applied(phases: Json) -> str:
    return ", ".join(map(str, phases)) if isinstance(phases, list) and phases else "nothing"


def _shown(value: Json) -> str:
    return answers.show(value) or "(none)"


def _document(settings: Settings, environment: Environment, command_name: str, *, path: Path) -> dict[str, Json]:
    applied = settings.engine.applied(environment.name)
    phases = [Phase(name) for name in applied.phases] if applied else []
    return {
        "schema": f"autocorp-wizard/{command_name}/1",
        "name": environment.name,
        "path": str(path),
        "preset": environment.preset.value,
        "cloud": environment.cloud.value,
        "production": environment.is_production,
        "state": {"bucket": environment.state_bucket, "key": environment.state_key, "region": environment.region},
        "fingerprint": environment.fingerprint,
        "answers": [
            {"name": a.field.name, "value": a.value, "origin": a.origin.value} for a in environment.answers.values()
        ],
        "tfvars": environment.tfvars(phases),
        "secret_counter": environment.secret_counter,
        "waivers": [waiver.as_document() for waiver in environment.waivers],
        "applied": {
            "phases": list[Json](applied.phases),
            "resources": applied.resources,
            "serial": applied.serial,
            "at": applied.at,
        }
        if applied
        else None,
    }


def _show_schema(settings: Settings) -> None:
    settings.console.document(
        {"schema": "autocorp-wizard/env-schema/1", "fields": [each.as_document() for each in SCHEMA.fields]}
    )
    group = ""
    for each in SCHEMA.fields if not settings.json else ():
        if each.group.value != group:
            group = each.group.value
            settings.console.styled_result(f"\n{group}", "strong")
        choices = f" ({', '.join(each.choices)})" if each.choices else ""
        settings.console.result(f"  {each.name}  [{each.kind.value}]{choices}")
        settings.console.result(f"      {each.help}")
        settings.console.result(f"      Why: {each.why}")
        settings.console.result(f"      Default: {_shown(each.default)}   Example: {answers.show(each.example)}")
