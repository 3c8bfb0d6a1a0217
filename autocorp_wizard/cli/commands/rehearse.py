"""`rehearse`: the whole rollout on this machine, and the rehearsal cloud as a thing to look at and to break."""

import click

from autocorp_wizard.cli import operating, statusing, targets
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.environment import REHEARSALS, Environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json, Operation
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request


@click.group(
    "rehearse",
    cls=WizardGroup,
    invoke_without_command=True,
    example="autocorp-wizard rehearse\n"
    "autocorp-wizard rehearse --plain --yes --speed 120\n"
    'eval "$(autocorp-wizard rehearse --exports)" && aws s3 ls',
)
@click.option(
    "--preset",
    type=click.Choice([p.value for p in Preset]),
    default=Preset.DEV.value,
    show_default=True,
    help="Which size is rehearsed.",
)
@click.option("--until", metavar="PHASE", default="", help="The last phase of the rollout.")
@click.option(
    "--speed",
    type=float,
    metavar="N",
    help="How many times as fast as on AWS things happen, 1 to 10000; kept until changed, at first 60.",
)
@click.option("--rows", type=click.IntRange(0), help="Orders in the source, when it is first made.")
@click.option("--seed", type=int, help="Seed of those rows.")
@click.option("--confirm", metavar="NAME", default="", help="The environment's name, where a plan loses data.")
@click.option("--exports", is_flag=True, help="Print shell lines that lead any AWS client to the rehearsal cloud.")
@click.option("--reset", is_flag=True, help="End the cloud and its servers, and forget everything.")
@click.option("--stop", is_flag=True, help="End the cloud and its servers; they remember.")
@pass_settings
@click.pass_context
def command(
    ctx: click.Context,
    settings: Settings,
    *,
    preset: str,
    until: str,
    speed: float | None,
    rows: int | None,
    seed: int | None,
    confirm: str,
    exports: bool,
    reset: bool,
    stop: bool,
) -> None:
    """Rehearse the rollout without an AWS account.

    Real Terraform, the real AWS provider and a real PostgreSQL work on an emulated cloud. On a terminal the wizard
    opens; with --plain, or without a terminal, the rollout runs in lines, and --yes approves what it plans.
    """
    if ctx.invoked_subcommand is not None:
        return
    if sum((exports, reset, stop)) > 1:
        raise UsageError("USAGE", "--exports, --reset and --stop exclude each other.", next_step="Name one of them.")
    if speed is not None:
        speed = _checked_speed(speed)
    if exports:
        _exports(settings)
    elif reset or stop:
        _end(settings, forget=reset)
    else:
        _rehearse(ctx, settings, preset, until=until, confirm=confirm, speed=speed, rows=rows, seed=seed)


def _checked_speed(given: float) -> float:
    from autocorp_wizard.rehearsal import pace

    return pace.checked(given)


def _rehearse(
    ctx: click.Context,
    settings: Settings,
    preset: str,
    *,
    until: str,
    confirm: str,
    speed: float | None,
    rows: int | None,
    seed: int | None,
) -> None:
    environment = targets.load(settings, "" if settings.env_name else REHEARSALS[Preset(preset)])
    if not environment.is_rehearsal:
        raise UsageError(
            "NOT-A-REHEARSAL",
            f"The environment {environment.name} lives in AWS, not on the rehearsal cloud.",
            next_step=f"Roll it out: autocorp-wizard apply all --env {environment.name}",
        )
    last = targets.phases(until)[-1].value if until else ""
    opens = settings.can_ask and not settings.plain
    if not opens and not settings.yes and not settings.can_ask:
        raise UsageError(
            "QUESTION-UNANSWERED",
            "The plans of the rollout need an approval.",
            why="There is no terminal to ask on." if not settings.json else "With --json nobody is asked.",
            next_step="Answer it with: --yes; or step by step: autocorp-wizard plan foundation --env rehearsal",
        )
    if rows is not None or seed is not None:
        _fill_source(settings, rows, seed)
    if speed is not None:
        _set_speed(settings, speed)
    if opens:
        ctx.exit(settings.open_wizard(settings, environment))
    rollout(settings, targets.load_saved(settings, environment.name), last, confirm)


def rollout(settings: Settings, environment: Environment, until: str, confirm: str) -> None:
    """Run the whole rollout and say what was deployed."""
    request = Request(
        operation=Operation.ROLLOUT,
        environment=environment.name,
        until=until,
        approve_all=settings.yes,
        confirm=confirm,
        env_file=settings.env_file_absolute,
        command=settings.command,
    )
    operating.carry_out(settings, request, events=True)
    operating.say_deployed(settings, environment.name)
    if not settings.json:
        deployed = settings.store.load(environment.name)
        statusing.say(settings, statusing.look_once(settings, statusing.way_to(settings, deployed)))


def _exports(settings: Settings) -> None:
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud
    from autocorp_wizard.rehearsal.exports import as_document, shell_exports

    address = RehearsalCloud(settings.home.root).ensure(settings.console.hint)
    document = as_document(address)
    settings.console.document({k: dict[str, Json](v) if isinstance(v, dict) else v for k, v in document.items()})
    settings.console.result(shell_exports(address).rstrip("\n"))


def _end(settings: Settings, *, forget: bool) -> None:
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud
    from autocorp_wizard.rehearsal.source import SourceDatabase

    busy = [r for r in settings.engine.runs() if r.status == "running" and r.environment.startswith("rehearsal")]
    if busy:
        raise UsageError(
            "RUN-BUSY",
            f"The run {busy[0].run} is at work on the rehearsal cloud.",
            next_step=f"Stop it first: autocorp-wizard runs cancel {busy[0].run}",
        )
    cloud, source = RehearsalCloud(settings.home.root), SourceDatabase(settings.home.root)
    stopped = cloud.stop()
    stopped = source.stop() or stopped
    forgotten: list[str] = []
    if forget:
        cloud.reset()
        source.remove()
        forgotten = _forget_rehearsals(settings)
    settings.console.document(
        {
            "schema": "autocorp-wizard/rehearse-end/1",
            "was_running": stopped,
            "reset": forget,
            "environments_forgotten": list[Json](forgotten),
        }
    )
    word = "was stopped and starts over" if forget else "was stopped and remembers"
    settings.console.say(f"The rehearsal cloud {word}." if stopped or forget else "No rehearsal cloud was running.")


def _forget_rehearsals(settings: Settings) -> list[str]:
    """Forget what was deployed on a cloud that is gone: answers stay, counters and records go."""
    from dataclasses import replace

    forgotten = []
    for name in settings.store.names():
        environment = settings.store.load(name)
        if environment.is_rehearsal:
            settings.store.save(replace(_without_found_arns(environment), secret_counter=0))
            (settings.home.environment_dir(name) / "applied.json").unlink(missing_ok=True)
            forgotten.append(name)
    return forgotten


def _without_found_arns(environment: Environment) -> Environment:
    """Take back what the wizard itself wrote about agents and locations that are gone with their cloud."""
    found = environment.detected & {"datasync_agent_arns", "datasync_source_location_arns"}
    return environment.with_answers(dict.fromkeys(found)) if found else environment


def _set_speed(settings: Settings, speed: float) -> None:
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud
    from autocorp_wizard.rehearsal.faults import CloudControl

    cloud = RehearsalCloud(settings.home.root)
    cloud.ensure(settings.console.hint)
    CloudControl(cloud).set_speed(speed)


def _fill_source(settings: Settings, rows: int | None, seed: int | None) -> None:
    from autocorp_wizard.rehearsal.source import SourceDatabase

    options = {name: value for name, value in (("rows", rows), ("seed", seed)) if value is not None}
    if SourceDatabase(settings.home.root).find() is not None:
        settings.console.hint("The source runs already; --rows and --seed count when it is first made (--reset).")
    SourceDatabase(settings.home.root, **options).ensure(settings.console.hint)


@command.group("fault", cls=WizardGroup, example="autocorp-wizard rehearse fault add throttle --service s3 --times 5")
def fault() -> None:
    """Make the rehearsal cloud misbehave: throttle, deny, lose answers, hang."""


@fault.command("list", example="autocorp-wizard rehearse fault list")
@pass_settings
def list_faults(settings: Settings) -> None:
    """List the faults in force, with how many calls they saw and hit."""
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud
    from autocorp_wizard.rehearsal.faults import CloudControl

    found = CloudControl(RehearsalCloud(settings.home.root)).faults()
    rows = [{key: value for key, value in each.items() if isinstance(value, str | int | float)} for each in found]
    settings.console.document(
        {"schema": "autocorp-wizard/rehearse-fault-list/1", "faults": [dict[str, Json](row) for row in rows]}
    )
    if not rows:
        settings.console.hint("No fault is in force.")
        return
    columns = ("id", "kind", "service", "action", "times", "span", "seen", "hit")
    settings.console.table(columns, [[str(row.get(column, "")) or "any" for column in columns] for row in rows])


@fault.command("add", example="autocorp-wizard rehearse fault add deny --service iam --action CreateRole --times 1")
@click.argument("kind")
@click.option("--service", default="", metavar="NAME", help="Only calls of this service (s3, iam, ec2, ...).")
@click.option("--action", default="", metavar="NAME", help="Only actions that begin so (CreateRole).")
@click.option("--times", type=click.IntRange(0), default=0, help="How many calls are hit; 0: no limit.")
@click.option("--after", type=click.IntRange(0), default=0, help="How many calls pass first.")
@click.option("--seconds", type=click.FloatRange(0), default=0.0, help="How long a delay lasts.")
@click.option("--span", type=click.FloatRange(0), default=0.0, help="Seconds after which it is over; 0: never.")
@click.option("--probability", type=click.FloatRange(0, 1, min_open=True), default=1.0, help="Share of calls hit.")
@click.option("--seed", type=int, default=0, help="Seed of the probability.")
@pass_settings
def add_fault(settings: Settings, **values: str | float) -> None:
    """Put a fault of KIND in force: throttle, deny, delay, expire, 5xx, drop, hang, lost-answer."""
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud
    from autocorp_wizard.rehearsal.faultrules import FaultRule
    from autocorp_wizard.rehearsal.faults import CloudControl

    rule = FaultRule.from_document(values)
    number = CloudControl(RehearsalCloud(settings.home.root)).add_fault(rule)
    settings.console.document(
        {"schema": "autocorp-wizard/rehearse-fault-add/1", "id": number, "rule": dict[str, Json](rule.as_document())}
    )
    settings.console.say(f"Fault {number} is in force. Lift it: autocorp-wizard rehearse fault clear {number}")


@fault.command("clear", example="autocorp-wizard rehearse fault clear")
@click.argument("number", type=click.IntRange(1), required=False)
@pass_settings
def clear_faults(settings: Settings, number: int | None) -> None:
    """Lift one fault by its number, or all."""
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud
    from autocorp_wizard.rehearsal.faults import CloudControl

    cleared = CloudControl(RehearsalCloud(settings.home.root)).clear_faults(number)
    settings.console.document({"schema": "autocorp-wizard/rehearse-fault-clear/1", "cleared": cleared})
    settings.console.say(f"{cleared} fault{'s' if cleared != 1 else ''} lifted.")
