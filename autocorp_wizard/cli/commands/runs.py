"""`runs`: what happened and what is happening; every reader here works from the journal alone."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from autocorp_wizard.cli import operating, targets
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Envelope, Json, Operation, ProofRecorded
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import RunState

if TYPE_CHECKING:
    from autocorp_wizard.adapters.run_store import RunRecord

# A replay does not wait longer than this between two events, in seconds.
_LONGEST_PAUSE = 5.0


@click.group("runs", cls=WizardGroup, example="autocorp-wizard runs list\nautocorp-wizard runs attach")
def command() -> None:
    """What happened and what is happening.

    RUN is a run's name or any part of it that fits only one; without it the newest is meant.
    """


@command.command("list", example="autocorp-wizard runs list --env dev --team")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
@click.option("--team", is_flag=True, help="Fetch first what colleagues did, from the state bucket.")
@pass_settings
def list_runs(settings: Settings, limit: int, team: bool) -> None:
    """List the runs, newest first: this machine's, and what was fetched of the colleagues'."""
    if team:
        _fetch_team(settings)
    records = settings.engine.history(settings.env_name or None)[:limit]
    settings.console.document(
        {"schema": "autocorp-wizard/runs-list/1", "runs": [dict[str, Json](_record(each)) for each in records]}
    )
    if not records:
        settings.console.hint("There is no run yet.")
        return
    head = ["run", "environment", "what", "status", "how"]
    rows = [
        [r.run, r.environment, f"{r.operation} {r.stage or r.phase}".strip(), str(r.status), _sentence(r)]
        for r in records
    ]
    if any(record.by for record in records):
        head.insert(1, "by")
        for row, record in zip(rows, records, strict=True):
            row.insert(1, record.by or "here")
    settings.console.table(head, rows)


@command.command("show", example="autocorp-wizard runs show 20260301T101500-apply-1f2e")
@click.argument("run", required=False, default="")
@pass_settings
def show(settings: Settings, run: str) -> None:
    """Show one run: what it did, how it ended, what failed."""
    name = targets.newest_run(settings, run)
    record, state = settings.engine.record(name), settings.engine.state(name)
    proofs = settings.engine.proofs(name)
    settings.console.document(_show_document(record, state, proofs))
    if settings.json:
        return
    console = settings.console
    console.result(f"{record.operation} {record.stage or record.phase} in {record.environment}: {record.status}")
    rows = [
        ("run", record.run),
        ("began", _time(record.started_at)),
        ("ended", _time(record.finished_at)),
        ("by", f"{state.user}@{state.host}" if state.user else ""),
        ("command", state.command),
        ("result", state.sentence),
        ("changes", f"{state.done} of {state.total} done, {state.failed} failed" if state.total else ""),
        ("children", ", ".join(state.children)),
        ("plan", state.digest),
        ("backup", state.backup),
    ]
    for key, value in rows:
        if value:
            console.result(f"  {key:<9} {value}")
    for step in state.steps:
        mark = {True: "done", False: "failed", None: "open"}[step.ok]
        console.result(f"  {mark:<9} {step.sentence or step.step}" + (f": {step.note}" if step.note else ""))
    for proof in proofs:
        console.result(f"  {proof.outcome:<9} {proof.sentence}")
        for detail in proof.details:
            console.result(f"            {detail}")
    for diagnostic in state.diagnostics:
        console.styled_result(f"  {diagnostic.severity}: {diagnostic.summary} {diagnostic.address}", "error")
    if record.status == "lost":
        console.hint("Its process died. Look and put it right: autocorp-wizard runs recover")


@command.command("attach", example="autocorp-wizard runs attach\nautocorp-wizard runs attach --json | jq .kind")
@click.argument("run", required=False, default="")
@pass_settings
def attach(settings: Settings, run: str) -> None:
    """Watch a run that is going on; with --json all its events from the first.

    Ending the display does not end the run.
    """
    name = targets.newest_run(settings, run, running=not run)
    settings.console.hint(f"Run {name}. Ctrl-C ends the display only after a question; the run goes on.")
    followed = operating.see(settings, name, events=True)
    operating.raise_failure(settings, followed, events=True)


@command.command("cancel", example="autocorp-wizard runs cancel\nautocorp-wizard runs cancel --kill --env dev")
@click.argument("run", required=False, default="")
@click.option("--kill", is_flag=True, help="End it at once; what was in flight must be recovered afterwards.")
@pass_settings
def cancel(settings: Settings, run: str, kill: bool) -> None:
    """Ask a run to stop: Terraform finishes what it is at, keeps its state and releases its lock."""
    name = targets.newest_run(settings, run, running=not run)
    how = "kill" if kill else "stop"
    settings.engine.cancel(name, how)
    settings.console.document({"schema": "autocorp-wizard/runs-cancel/1", "run": name, "how": how})
    settings.console.say(f"Asked {name} to {how}. Watch it end: autocorp-wizard runs attach {name}")


@command.command("replay", example="autocorp-wizard runs replay 1f2e --speed 10")
@click.argument("run")
@click.option(
    "--speed", type=click.FloatRange(0), default=1.0, show_default=True, help="Times as fast; 0 without pauses."
)
@pass_settings
def replay(settings: Settings, run: str, speed: float) -> None:
    """Show a run again as it went; a run's own events only, never anything new."""
    from autocorp_wizard.cli.view import Silent, SteadyLines, View

    engine, console = settings.engine, settings.console
    tail = engine.tail(engine.record(run).run)
    view: View = Silent() if console.json else SteadyLines(console)
    states: dict[str, RunState] = {}
    last: datetime | None = None
    while True:
        events: list[Envelope] = tail.read()
        if not events:
            break  # a replay shows what is there, also of a run that still goes on
        for envelope in events:
            if last is not None and speed > 0:
                time.sleep(min(max((envelope.at - last).total_seconds(), 0.0) / speed, _LONGEST_PAUSE))
            last = envelope.at
            state = states.setdefault(envelope.run, RunState())
            state.add(envelope)
            console.event(envelope)
            view.show(envelope, state)


@command.command("recover", example="autocorp-wizard runs recover --env dev")
@click.argument("run", required=False, default="")
@click.option("--unlock", is_flag=True, help="Break a lock whose holder cannot be seen from here.")
@pass_settings
def recover(settings: Settings, run: str, unlock: bool) -> None:
    """Look what a run that died left behind, and put it right: state, lock, half-made resources."""
    if run:
        settings.env_option = settings.engine.record(run).environment
    environment = targets.load(settings)
    if not settings.store.exists(environment.name):
        raise UsageError(
            "RUN-UNKNOWN",
            f"{environment.name} has no run that could be recovered.",
            next_step="List the runs with: autocorp-wizard runs list",
        )
    request = Request(
        operation=Operation.RECOVER,
        environment=environment.name,
        unlock=unlock,
        env_file=settings.env_file_absolute,
        command=settings.command,
    )
    operating.carry_out(settings, request, events=True)


def _fetch_team(settings: Settings) -> None:
    from autocorp_wizard.rollout.team_runs import fetch_team_runs

    fetched = fetch_team_runs(settings.home, targets.load(settings), settings.console.hint)
    settings.console.hint(f"{fetched.received} runs of colleagues were fetched.")
    for run in fetched.unreadable:
        settings.console.hint(f"The journal of {run} was left there: damaged, or of a newer wizard.")


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""


def _sentence(record: "RunRecord") -> str:
    if record.sentence:
        return record.sentence
    return f"{record.done} of {record.total} changes" if record.total else ""


def _record(record: "RunRecord") -> dict[str, Json]:
    return {
        "run": record.run,
        "operation": str(record.operation),
        "environment": record.environment,
        "phase": record.phase,
        "stage": record.stage,
        "parent": record.parent,
        "status": str(record.status),
        "started_at": _time(record.started_at) or None,
        "finished_at": _time(record.finished_at) or None,
        "heartbeat_at": _time(record.heartbeat_at) or None,
        "by": record.by or None,
        "sentence": record.sentence,
        "exit_code": record.exit_code,
        "done": record.done,
        "total": record.total,
        "counts": dict[str, Json](record.counts),
    }


def _show_document(record: "RunRecord", state: RunState, proofs: Sequence[ProofRecorded]) -> dict[str, Json]:
    return {
        "schema": "autocorp-wizard/runs-show/1",
        **_record(record),
        "command": state.command,
        "user": state.user,
        "host": state.host,
        "digest": state.digest,
        "backup": state.backup,
        "children": list[Json](state.children),
        "error": dict[str, Json](state.error),
        "steps": [
            {"step": s.step, "sentence": s.sentence, "ok": s.ok, "seconds": s.seconds, "note": s.note}
            for s in state.steps
        ],
        "resources": [
            {
                "address": r.address,
                "action": str(r.action),
                "status": r.status.value,
                "seconds": r.seconds,
                "id": r.id_value,
            }
            for r in state.resources.values()
        ],
        "diagnostics": [
            {"severity": d.severity, "summary": d.summary, "detail": d.detail, "address": d.address}
            for d in state.diagnostics
        ],
        "proofs": [
            {
                "subject": proof.subject,
                "stage": proof.stage,
                "outcome": proof.outcome,
                "sentence": proof.sentence,
                "details": list[Json](proof.details),
            }
            for proof in proofs
        ],
        "leftovers": [
            {"name": left.name, "sentence": left.sentence, "by_nature": left.by_nature} for left in state.leftovers
        ],
    }
