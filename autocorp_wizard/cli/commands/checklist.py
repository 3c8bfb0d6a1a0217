"""`checklist`: the manual steps, where each stands, and the evidence for it."""

from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from autocorp_wizard.cli.checklist_steps import open_steps, record_document, standing_document
from autocorp_wizard.cli.checklist_verifying import FOUND_WORDS, verify_all
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.checklist import Moment, Standing, State, Step
from autocorp_wizard.core.errors import ExitCode, UsageError
from autocorp_wizard.core.events import Json

if TYPE_CHECKING:
    from autocorp_wizard.rollout.manual_steps import ManualSteps

_TONES = {State.PROVEN: "good", State.CLAIMED: "", State.EXPIRED: "warn", State.TODO: "", State.SKIPPED: "dim"}


@click.group(
    "checklist",
    cls=WizardGroup,
    example="autocorp-wizard checklist list --env dev\n"
    "autocorp-wizard checklist show source-logical-replication\n"
    "autocorp-wizard checklist verify agent-activate --env dev",
)
def command() -> None:
    """The manual steps of the rollout and of the operation after it, with evidence.

    A step is `todo`, `claimed` (somebody says so), `proven` (a probe saw it), `skipped`, or `expired` (too long ago).
    """


@command.command("list", example="autocorp-wizard checklist list --env dev --state todo --state expired")
@click.option("--phase", type=click.Choice([each.value for each in Moment]), help="Only what this phase waits for.")
@click.option("--state", "states", multiple=True, type=click.Choice([each.value for each in State]), help="Only these.")
@click.option("--group", "group", default="", metavar="NAME", help="Only this checklist.")
@click.option("--offline", is_flag=True, help="Do not ask the state bucket for what others recorded.")
@pass_settings
def list_steps(settings: Settings, phase: str | None, states: tuple[str, ...], group: str, offline: bool) -> None:
    """List the steps and where each stands."""
    steps = open_steps(settings)
    groups = [each.name for each in steps.checklists]
    if group and group not in groups:
        raise UsageError("GROUP-UNKNOWN", f"There is no checklist {group!r}.", why=f"There are: {', '.join(groups)}.")
    if not offline:
        steps.exchange_if_deployed()
    found = [
        (checklist, each)
        for checklist, each in steps.standings()
        if (not phase or each.step.phase.value == phase)
        and (not states or each.state.value in states)
        and (not group or checklist.name == group)
    ]
    settings.console.document(
        {
            "schema": "autocorp-wizard/checklist-list/1",
            "environment": steps.environment.name,
            "steps": [{"group": checklist.name, **standing_document(each)} for checklist, each in found],
            "counts": {state.value: sum(each.state is state for _, each in found) for state in State},
            "gaps": list[Json](steps.evidence.gaps()),
        }
    )
    if settings.json:
        return
    shown = ""
    for checklist, each in found:
        if checklist.title != shown:
            shown = checklist.title
            settings.console.styled_result(shown, "strong")
        settings.console.styled_result(f"  {each.state.value:<8} {each.step.id:<34} {_title(each)}", _TONES[each.state])
    counts = ", ".join(f"{sum(e.state is s for _, e in found)} {s.value}" for s in State)
    settings.console.say(f"{len(found)} steps: {counts}")
    for gap in steps.evidence.gaps():
        settings.console.hint(f"A record is missing here: {gap}")


@command.command("show", example="autocorp-wizard checklist show network-route --env dev")
@click.argument("step_id", metavar="STEP")
@pass_settings
def show(settings: Settings, step_id: str) -> None:
    """Show a step: who, where, why, the values to copy, what to do, and what was recorded."""
    steps = open_steps(settings)
    step = steps.names.filled(steps.step(step_id))
    found = steps.standing(step)
    history = [each for each in steps.records() if each.step == step.id]
    settings.console.document(
        {
            "schema": "autocorp-wizard/checklist-show/1",
            "environment": steps.environment.name,
            **standing_document(found),
            "where": step.where,
            "why": step.why,
            "values": dict[str, Json](step.values),
            "instructions": list[Json](step.instructions),
            "commands": [{"what": c.what, "language": c.language, "text": c.text} for c in step.commands],
            "evidence": step.evidence,
            "expires_days": step.expires_days or None,
            "history": [record_document(each) for each in history],
        }
    )
    if settings.json:
        return
    console = settings.console
    console.styled_result(step.title, "strong")
    rows = {
        "step": f"{step.id} ({found.state.value})",
        "before": f"phase {step.phase.value}" if step.phase is not Moment.OPERATE else "part of the operation",
        "who": step.who.value,
        "where": step.where,
        "why": step.why,
        "evidence": step.evidence,
        "verify": f"autocorp-wizard checklist verify {step.id}" if step.has_probe else "only a person can tell",
        "again": f"every {step.expires_days} days" if step.expires_days else "",
    }
    for key, value in rows.items():
        if value:
            console.result(f"  {key:<9} {value}")
    if step.values:
        console.styled_result("Values", "strong")
        for key, value in step.values.items():
            console.result(f"  {key}: {value}")
    for number, text in enumerate(step.instructions, 1):
        console.result(f"  {number}. {text}")
    for each in step.commands:
        console.styled_result(f"{each.what} ({each.language})", "strong")
        console.result(each.text)
    for record in history:
        console.result(f"  {record.at:%Y-%m-%d %H:%M} {record.kind.value} by {record.who}: {record.text}")


@command.command(
    "verify",
    example="autocorp-wizard checklist verify secret-value --env dev\nautocorp-wizard checklist verify --all --env dev",
)
@click.argument("step_id", metavar="[STEP]", default="")
@click.option("--all", "everything", is_flag=True, help="Every step that a probe can tell: what drifted is named.")
@pass_settings
def verify(settings: Settings, step_id: str, everything: bool) -> None:
    """Look whether a step is done, and keep what was seen. Ends with 0 (yes), 3 (no) or 5 (it could not be told).

    With --all, 3 means that a step which was done once is not so any more.
    """
    if bool(step_id) is everything:
        raise UsageError(
            "USAGE",
            "Name a step, or say --all." if not step_id else "A step and --all contradict each other.",
            next_step="List the steps with: autocorp-wizard checklist list",
        )
    steps = open_steps(settings)
    if everything:
        raise Exit(verify_all(settings, steps))
    step = steps.step(step_id)
    found = steps.verify(step)
    if found.holds is not None:
        steps.exchange()
    settings.console.document(
        {
            "schema": "autocorp-wizard/checklist-verify/1",
            "environment": steps.environment.name,
            "holds": found.holds,
            "sentence": found.sentence,
            "details": list[Json](found.details),
            **standing_document(steps.standing(step)),
        }
    )
    word, tone = FOUND_WORDS[found.holds]
    settings.console.styled_result(f"{step.id}: {word}. {found.sentence}", tone)
    for line in found.details:
        settings.console.detail(f"  {line}")
    raise Exit(int({True: ExitCode.OK, False: ExitCode.FAILED, None: ExitCode.INCONCLUSIVE}[found.holds]))


@command.command(
    "done",
    example='autocorp-wizard checklist done network-route --evidence "Ticket 4711, route added by Kim"\n'
    'autocorp-wizard checklist done source-disk --output-of "ssh erp-db df -h /var/lib/postgresql"',
)
@click.argument("step_id", metavar="STEP")
@click.option("--evidence", default=None, metavar="TEXT/FILE", help="A sentence, or a file (5 MB at most).")
@click.option("--output-of", "run", default=None, metavar="COMMAND", help="Run it here and keep what it says, hashed.")
@pass_settings
def done(settings: Settings, step_id: str, evidence: str | None, run: str | None) -> None:
    """Say that a step is done, with evidence. It reads `claimed` until a probe has seen it."""
    steps = open_steps(settings)
    step = steps.step(step_id)
    if evidence is not None and run is None:
        steps.claim(step, evidence)
    elif run is not None and evidence is None:
        steps.claim_by_output(step, run)
    else:
        raise UsageError(
            "USAGE",
            "Evidence is wanted." if run is None else "--evidence and --output-of contradict each other.",
            next_step="Give one: --evidence TEXT (or a file), or --output-of COMMAND",
        )
    steps.exchange()
    _say(settings, "done", steps, step)
    if step.has_probe:
        settings.console.hint(f"A probe can prove it: autocorp-wizard checklist verify {step.id}")


@command.command(
    "skip", example='autocorp-wizard checklist skip account-dms-roles --reason "The platform team owns them"'
)
@click.argument("step_id", metavar="STEP")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is not needed here.")
@pass_settings
def skip(settings: Settings, step_id: str, reason: str) -> None:
    """Say that a step is not needed here, and why. One that comes again is skipped for this time only."""
    steps = open_steps(settings)
    step = steps.step(step_id)
    steps.skip(step, reason)
    steps.exchange()
    _say(settings, "skip", steps, step)


def _say(settings: Settings, what: str, steps: "ManualSteps", step: Step) -> None:
    found = steps.standing(step)
    schema = {"done": "autocorp-wizard/checklist-done/1", "skip": "autocorp-wizard/checklist-skip/1"}[what]
    settings.console.document({"schema": schema, "environment": steps.environment.name, **standing_document(found)})
    settings.console.result(f"{step.id}: {found.state.value}")


def _title(found: Standing) -> str:
    if found.state is State.TODO and found.refuted is not None:
        return f"{found.step.title} (looked at {found.refuted.at:%Y-%m-%d}: not so)"
    if found.until is not None and found.state is not State.EXPIRED:
        return f"{found.step.title} (again on {found.until:%Y-%m-%d})"
    return found.step.title
