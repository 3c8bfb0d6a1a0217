"""`dms`: what people do with replication: test its ways, start, stop, resume, load anew, and look at its slot."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from autocorp_wizard.cli import applying, passwords, planning, questions, targets
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import ExitCode, UsageError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.phases import DMS_START, Phase

if TYPE_CHECKING:
    from autocorp_wizard.adapters.aws import CloudAccess
    from autocorp_wizard.adapters.postgres import Login
    from autocorp_wizard.core.environment import Environment
    from autocorp_wizard.core.replication import Replication


@dataclass(frozen=True, slots=True)
class _Reached:
    """An environment whose replication is there, and the way to its cloud."""

    environment: "Environment"
    access: "CloudAccess"
    replication: "Replication"
    workflow: str


@click.group("dms", cls=WizardGroup, example="autocorp-wizard dms test --env dev\nautocorp-wizard dms slot --env dev")
def command() -> None:
    """Replication from the source into the lake (phase 3)."""


@command.command("test", example="autocorp-wizard dms test --env dev --json")
@pass_settings
def test(settings: Settings) -> None:
    """Let DMS test its way to the source and to the lake, and say what is wrong where one fails."""
    from autocorp_wizard.core.dms_causes import error_of
    from autocorp_wizard.rollout.dms_connections import test_ends
    from autocorp_wizard.rollout.dms_task import TEST_SECONDS
    from autocorp_wizard.rollout.replication import waiting

    reached = _reach(settings)
    settings.console.detail("DMS tests both ends; on AWS that takes up to a minute")
    wait = waiting(reached.environment, TEST_SECONDS)
    tests = asyncio.run(test_ends(reached.access, reached.replication, wait))
    ends: list[Json] = []
    for each in tests:
        error = None if each.passed else error_of(each.message, f"The {each.end}'s connection test failed")
        ends.append(
            {
                "end": each.end,
                "endpoint": each.endpoint,
                "passed": each.passed,
                "cause": error.code if error else None,
                "message": each.message or None,
                "next_step": error.next_step if error else None,
            }
        )
        if error is None:
            settings.console.styled_result(f"{each.end}: {each.endpoint} reached", "good")
        else:
            settings.console.error(error, document=False)
    passed = all(each.passed for each in tests)
    settings.console.document(
        {
            "schema": "autocorp-wizard/dms-test/1",
            "environment": reached.environment.name,
            "passed": passed,
            "ends": ends,
        }
    )
    if not passed:
        raise Exit(int(ExitCode.FAILED))


@command.command("start", example="autocorp-wizard dms start --env dev")
@click.option("--approve", metavar="DIGEST", default="", help="The digest that was printed when it was planned.")
@pass_settings
def start(settings: Settings, approve: str) -> None:
    """Start replication for the first time: the second stage of phase dms, a plan that is approved like any other.

    Later starts are `dms resume`. With --json its events are printed, one a line.
    """
    from autocorp_wizard.cli.commands.apply import apply_approved

    if approve:
        apply_approved(settings, Phase.DMS.value, approve, "", "")
        return
    if not settings.yes:
        questions.need_person(settings, "The start of replication needs an approval.", "--approve DIGEST, or --yes")
    run, plan = planning.make(settings, Phase.DMS.value, stage=DMS_START, events=True)
    if not plan.changed:
        settings.console.say(
            "Replication was started before; where it stands still: autocorp-wizard dms resume", "good"
        )
        return
    confirm = applying.approve(settings, plan, "")
    applying.carry_out(settings, run, plan, confirm=confirm)


@command.command("stop", example="autocorp-wizard dms stop --env dev --yes")
@pass_settings
def stop(settings: Settings) -> None:
    """Stop replication. Its slot keeps its place on the source, whose disk fills meanwhile; nothing is lost."""
    from autocorp_wizard.rollout.dms_task import TURN_SECONDS
    from autocorp_wizard.rollout.dms_task import stop as stop_task
    from autocorp_wizard.rollout.replication import waiting

    reached = _reach(settings)
    question = f"Stop replication in {reached.environment.name}? The lake stands still until it is resumed."
    if not questions.confirm(settings, question, option="--yes"):
        raise Exit(int(ExitCode.INTERRUPTED))
    before = asyncio.run(stop_task(reached.access, reached.replication, waiting(reached.environment, TURN_SECONDS)))
    _say_turned(settings, reached, "stop", before)


@command.command("resume", example="autocorp-wizard dms resume --env dev")
@pass_settings
def resume(settings: Settings) -> None:
    """Let replication go on where it stopped, or where it failed once the cause is put right."""
    from autocorp_wizard.rollout.dms_task import TURN_SECONDS
    from autocorp_wizard.rollout.dms_task import resume as resume_task
    from autocorp_wizard.rollout.replication import waiting

    reached = _reach(settings)
    before = asyncio.run(resume_task(reached.access, reached.replication, waiting(reached.environment, TURN_SECONDS)))
    _say_turned(settings, reached, "resume", before)


@command.command(
    "reload", example="autocorp-wizard dms reload customers --env dev --confirm dev\nautocorp-wizard dms reload"
)
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--confirm", metavar="NAME", default="", help="The environment's name: the raw folders are emptied first."
)
@pass_settings
def reload(settings: Settings, tables: tuple[str, ...], confirm: str) -> None:
    """Load TABLES anew, or all of them, and tell the jobs that a new epoch has begun.

    The jobs' schedule rests meanwhile; their next run replaces those tables in the lake in one step.
    """
    from autocorp_wizard.rollout import dms_reload
    from autocorp_wizard.rollout.dms_task import STILL_SECONDS
    from autocorp_wizard.rollout.replication import waiting

    reached = _reach(settings)
    chosen = dms_reload.chosen(reached.replication, tables)
    question = f"This empties the raw folders of {', '.join(chosen)} and loads them anew."
    if not questions.typed_name(settings, question, reached.environment.name, confirm):
        raise Exit(int(ExitCode.INTERRUPTED))
    done = asyncio.run(
        dms_reload.reload(
            reached.access,
            reached.replication,
            chosen,
            waiting(reached.environment, STILL_SECONDS),
            settings.console.detail,
            workflow=reached.workflow,
        )
    )
    settings.console.document(
        {
            "schema": "autocorp-wizard/dms-reload/1",
            "environment": reached.environment.name,
            "tables": [
                {"table": each.table.name, "rows": each.table.rows, "epoch": each.epoch, "marker": each.marker}
                for each in done
            ],
        }
    )
    settings.console.table(
        ("table", "rows", "epoch"), [(each.table.name, f"{each.table.rows:,}", each.epoch) for each in done]
    )


@command.command("slot", example="autocorp-wizard dms slot --env dev --json")
@pass_settings
def slot(settings: Settings) -> None:
    """Show the replication slots on the source, what each holds back, and the statement that drops it.

    Read-only, over a connection from this machine. Nothing is dropped: a slot that is in use must stay.
    """
    from autocorp_wizard.adapters.postgres import slots
    from autocorp_wizard.core.slots import sentence

    environment = targets.load(settings)
    login = _login(settings, environment)
    found = slots(login)
    settings.console.document(
        {
            "schema": "autocorp-wizard/dms-slot/1",
            "environment": environment.name,
            "source": f"{login.host}:{login.port}/{login.database}",
            "slots": [
                {
                    "name": each.name,
                    "plugin": each.plugin,
                    "by_dms": each.by_dms,
                    "active": each.active,
                    "restart_lsn": each.restart_lsn or None,
                    "retained_bytes": each.retained_bytes,
                    "drop": each.drop,
                }
                for each in found
            ],
        }
    )
    if not found:
        settings.console.result(f"There is no logical replication slot in {login.database}.")
    for each in found:
        settings.console.result(sentence(each))
        settings.console.result(f"  {each.drop}")
    if found:
        settings.console.hint("Drop a slot only when no task will resume from it: a dropped one means a full load.")


def _reach(settings: Settings) -> _Reached:
    """Find the environment's replication in its remote state. Raises DMS-TOO-EARLY where there is none."""
    from autocorp_wizard.core.bootstrap import StatePlace
    from autocorp_wizard.rollout.access import access_for
    from autocorp_wizard.rollout.replication import replication_of
    from autocorp_wizard.rollout.state_store import StateStore

    environment = targets.load(settings)
    access = access_for(environment, settings.home, settings.console.detail)
    store = StateStore(access, StatePlace.of(environment))
    state = store.read() if store.bucket_exists() else None
    replication = replication_of(environment, state)
    outputs = state.outputs if state is not None and state.outputs is not None else {}
    return _Reached(environment, access, replication, str(outputs.get("glue_workflow_name") or ""))


def _say_turned(settings: Settings, reached: _Reached, action: str, before: str) -> None:
    from autocorp_wizard.rollout.replication import look

    after = look(reached.access, reached.replication).status
    settings.console.document(
        {
            "schema": "autocorp-wizard/dms-task/1",
            "environment": reached.environment.name,
            "action": action,
            "task": reached.replication.task_id,
            "before": before,
            "status": after,
        }
    )
    same = " (as before)" if before == after else ""
    settings.console.result(f"{reached.replication.task_id}: {after}{same}")


def _login(settings: Settings, environment: "Environment") -> "Login":
    """Return the login of replication, as it can be used from here."""
    from autocorp_wizard.adapters.postgres import Login

    if environment.source_is_built_in:
        from autocorp_wizard.rollout.source import source_for

        built_in = source_for(settings.home, settings.console.detail)
        return Login(built_in.host, built_in.port, built_in.database, built_in.username, built_in.password)
    values = {name: answer.value for name, answer in environment.answers.items()}
    if values["postgres_host"] is None:
        raise UsageError(
            "SECRET-HOST",
            "The source's host is not known yet.",
            next_step=f"autocorp-wizard env edit {environment.name} --set postgres_host=HOST",
        )
    password = passwords.ask(settings, environment, stdin=False, fd=None, variable="")
    return Login(
        str(values["postgres_host"]),
        int(str(values["postgres_port"])),
        str(values["postgres_database"]),
        str(values["postgres_username"]),
        password,
        str(values["postgres_ssl_mode"]),
    )
