"""Answers from a file, from options and from a person, in this order; and whether an environment may be forgotten."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autocorp_wizard.cli import questions
from autocorp_wizard.core import answers
from autocorp_wizard.core.answers import Field, Kind, Origin, raise_problems, refuse
from autocorp_wizard.core.environment import Cloud, Environment
from autocorp_wizard.core.environment_document import BOOKKEEPING, read_answers
from autocorp_wizard.core.errors import InconclusiveError, UsageError, WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.fields import SCHEMA

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings


def from_file_and_options(
    environment: Environment, file: str | None, sets: Iterable[str], changes: Mapping[str, Json] | None = None
) -> Environment:
    """Return the environment with the answers of a file and of `--set` on top; nothing is written.

    Raises UsageError with file and line. What spans several answers is not judged yet.
    """
    from dataclasses import replace

    given: dict[str, Json] = dict(environment.given)
    waivers = environment.waivers
    if file:
        from autocorp_wizard.adapters.answers_file import read_answers_file

        document = read_answers_file(Path(file))
        kept = {key: value for key, value in document.values.items() if key not in ("name", "secret_counter")}
        read = read_answers(kept, environment.name, source=file, lines=document.lines)
        given |= read.given
        waivers = read.waivers or waivers
    for text in sets:
        name, value = _assignment(text)
        given[name] = value
    given |= dict(changes or {})
    given = {name: value for name, value in given.items() if value is not None and name not in BOOKKEEPING}
    changed = replace(environment, given=given, waivers=waivers, detected=environment.detected & frozenset(given))
    raise_problems(SCHEMA.check(changed.given))
    return changed


def complete(settings: "Settings", environment: Environment) -> Environment:
    """Ask what is still open: on a terminal all main questions, elsewhere the option that would have answered."""
    if settings.can_ask and not settings.yes:
        return ask_all(settings, environment)
    if environment.cloud is Cloud.AWS and not environment.account_id:
        environment = _detected(settings, environment)
    if environment.cloud is Cloud.AWS and not environment.account_id:
        raise UsageError(
            "QUESTION-UNANSWERED",
            "Which AWS account?",
            why="Nothing is ever deployed into an account that was not named, and no credentials told it.",
            next_step="Answer it with: --set account_id=123456789012, or --answers FILE; without an account: "
            "--set cloud=rehearsal",
        )
    return environment


def ask_all(settings: "Settings", environment: Environment) -> Environment:
    """Ask the main questions, each with its present answer as the default."""
    settings.console.hint("Enter takes the default. All other answers: env edit NAME --set NAME=VALUE")
    for field in SCHEMA.fields:
        if not field.asked:
            continue
        if field.only_cloud and field.only_cloud != environment.cloud.value:
            continue
        if field.name == "account_id":
            environment = _detected(settings, environment)
        if field.name == "vpc_cidr" and environment.answers["create_vpc"].value is False:
            environment = _ask(settings, environment, SCHEMA["vpc_id"])
            environment = _ask(settings, environment, SCHEMA["subnet_ids"])
            environment = _ask(settings, environment, SCHEMA["route_table_ids"])
            continue
        environment = _ask(settings, environment, field)
    return environment


def refuse_while_deployed(settings: "Settings", environment: Environment) -> None:
    """Raise where anything of the environment is deployed, or where nobody can tell (decisions.md 9)."""
    count = deployed_resources(settings, environment)
    if count:
        raise UsageError(
            "ENVIRONMENT-DEPLOYED",
            f"{environment.name} cannot be deleted: {count} resources of it are deployed.",
            why="Without its answers nobody could destroy them properly.",
            next_step=f"First: autocorp-wizard destroy --env {environment.name} --confirm {environment.name}",
        )


def deployed_resources(settings: "Settings", environment: Environment) -> int:
    """Return how many resources are deployed: as recorded here, else (on AWS) as the remote state says.

    Raises InconclusiveError where the state cannot be read.
    """
    applied = settings.engine.applied(environment.name)
    if applied is not None and applied.resources:
        return applied.resources
    # The rehearsal cloud belongs to this home: what it does not know of is not there.
    return _resources_in_state(settings, environment) if environment.cloud is Cloud.AWS else 0


def _resources_in_state(settings: "Settings", environment: Environment) -> int:
    from autocorp_wizard.core.bootstrap import StatePlace
    from autocorp_wizard.rollout.access import access_for
    from autocorp_wizard.rollout.state_store import StateStore

    if not environment.account_id:
        return 0  # without an account nothing could ever have been deployed
    try:
        access = access_for(environment, settings.home, settings.console.detail)
        state = StateStore(access, StatePlace.of(environment)).read()
    except WizardError as error:
        raise InconclusiveError(
            "ENVIRONMENT-UNSEEN",
            f"Nobody can tell whether {environment.name} is deployed.",
            why=f"Its remote state could not be read: {error.what}",
            next_step="Log in to its account and run the command again; a colleague may have deployed it.",
        ) from error
    return len(state.resources) if state else 0


def _assignment(text: str) -> tuple[str, Json]:
    name, separator, value = text.partition("=")
    if not separator:
        raise UsageError(
            "USAGE",
            f"--set {text!r} has no equals sign.",
            why="It takes NAME=VALUE.",
            next_step=f"For example: --set {name.strip() or 'region'}=VALUE",
        )
    field = SCHEMA[name.strip()]
    parsed = answers.parse(field, value)
    problem = refuse(field, parsed)
    raise_problems((problem,) if problem else (), "--set")
    return field.name, parsed


def _ask(settings: "Settings", environment: Environment, field: Field) -> Environment:
    from dataclasses import replace

    present = environment.answers[field.name]
    option = f"--set {field.name}=VALUE"
    settings.console.say(f"{field.help} {field.why}", "dim")
    origin = "" if present.value is None else f" ({_origin(environment, present.origin)})"
    question = f"{field.name}{origin}:"
    value: Json
    if field.kind is Kind.CHOICE:
        choices = [(each, _sentence(field, each)) for each in field.choices]
        value = questions.choice(settings, question, choices, default=str(present.value), option=option)
    else:
        typed = questions.text(
            settings,
            question,
            default=answers.show(present.value),
            validate=lambda text: _verdict(field, text),
            option=option,
        )
        value = answers.parse(field, typed)
    if value == present.value:
        return environment
    given = {name: each for name, each in {**environment.given, field.name: value}.items() if each is not None}
    return replace(environment, given=given, detected=environment.detected - {field.name})


def _verdict(field: Field, text: str) -> bool | str:
    """Return True, or what is wrong, in one line as the prompt shows it."""
    try:
        problem = refuse(field, answers.parse(field, text))
    except UsageError as error:
        return f"{error.why} {error.next_step}"
    return True if problem is None else f"{problem.why} {problem.remedy}"


def _origin(environment: Environment, origin: Origin) -> str:
    words = {
        Origin.GIVEN: "as answered before",
        Origin.DETECTED: "detected from your AWS configuration",
        Origin.PRESET: f"from the preset {environment.preset.value}",
        Origin.DEFAULT: "default",
    }
    return words[origin]


def _sentence(field: Field, value: str) -> str:
    from autocorp_wizard.core.presets import Preset

    if field.name == "preset":
        return f"{value}: {Preset(value).sentence}"
    clouds = {
        "aws": "aws: a real account",
        "rehearsal": "rehearsal: a cloud on this machine, free and without an account",
    }
    return clouds.get(value, value) if field.name == "cloud" else value


def _detected(settings: "Settings", environment: Environment) -> Environment:
    """Fill account and region from the operator's AWS configuration where they are open."""
    from dataclasses import replace

    from autocorp_wizard.cli.detecting import detect

    found = {
        name: value
        for name, value in detect(environment, settings.console.detail).items()
        if name not in environment.given and refuse(SCHEMA[name], value) is None
    }
    return replace(environment, given={**environment.given, **found}, detected=environment.detected | frozenset(found))
