"""A run's events as lines for the log pane. Pure: event in, line out."""

from dataclasses import dataclass
from datetime import datetime

from autocorp_wizard.core import events as ev
from autocorp_wizard.tui.words import DOING, DONE, clock, counts, printable


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: when, how loud (`info`, `dim`, `good`, `warn`, `error`), and the text without control characters."""

    at: datetime
    tone: str
    text: str

    @property
    def whole(self) -> str:
        """The line as it is shown and searched."""
        return f"{self.at:%H:%M:%S}  {self.text}"


def lines_of(envelope: ev.Envelope) -> list[LogLine]:
    """Return the lines for one event; long details come as several lines."""
    return [
        LogLine(envelope.at, tone, printable(part))
        for tone, text in _describe(envelope.event)
        for part in (text.splitlines() or [""])
    ]


def _describe(event: ev.Event) -> list[tuple[str, str]]:  # noqa: PLR0911, PLR0912  (one arm per kind reads best)
    match event:
        case ev.RunStarted():
            place = f" {event.phase}" if event.phase else ""
            return [("dim", f"{event.operation}{place} on {event.environment} started: {event.command}".rstrip(": "))]
        case ev.StepStarted():
            return [("info", event.sentence or event.step)]
        case ev.StepFinished():
            note = f": {event.note}" if event.note else ""
            word = "done" if event.ok else "failed"
            return [("dim" if event.ok else "error", f"{event.step} {word} in {clock(event.seconds)}{note}")]
        case ev.CommandStarted():
            return [("dim", "$ " + " ".join(event.argv))]
        case ev.CommandFinished():
            if event.exit_code == 0:
                return []
            return [("dim", f"exit code {event.exit_code} after {clock(event.seconds)}")]
        case ev.PlanReady():
            return [("info", f"plan ready: {counts(event.counts)}")]
        case ev.ResourceStarted():
            return [("info", f"{event.address}: {DOING.get(event.action, event.action)}")]
        case ev.ResourceProgressed():
            return [("dim", f"{event.address}: still {DOING.get(event.action, event.action)}, {clock(event.seconds)}")]
        case ev.ResourceFinished():
            return [("good", f"{event.address}: {DONE.get(event.action, event.action)} in {clock(event.seconds)}")]
        case ev.ResourceFailed():
            return [("error", f"{event.address}: failed after {clock(event.seconds)}")]
        case ev.DiagnosticReported():
            tone = "error" if event.severity == "error" else "warn"
            where = f" ({event.address})" if event.address else ""
            return [
                (tone, f"{event.severity}: {event.summary}{where}"),
                *([("dim", event.detail)] if event.detail else []),
            ]
        case ev.SummaryReported():
            return [("info", f"Terraform reports: {event.add} added, {event.change} changed, {event.remove} removed")]
        case ev.LogWritten():
            return [({"error": "error", "warn": "warn", "warning": "warn"}.get(event.level, "dim"), event.text)]
        case ev.SettingChecked():
            return [
                ("info", f"{event.name}: wanted {event.wanted}, found {event.found}; {event.action}, {event.outcome}")
            ]
        case ev.GateChecked():
            return [
                ("info" if event.outcome == "pass" else "warn", f"gate {event.gate}: {event.outcome}, {event.sentence}")
            ]
        case ev.ProofRecorded():
            tone, word = {"proven": ("good", "proven"), "failed": ("error", "failed")}.get(
                event.outcome, ("warn", "not proven here")
            )
            return [(tone, f"{word}: {event.sentence}"), *(("dim", f"  {each}") for each in event.details)]
        case ev.CancelRequested():
            return [("warn", f"somebody asked to {event.how} this run")]
        case ev.StateBackedUp():
            return [("dim", f"state backed up to {event.location}")]
        case ev.RecoveryFound() | ev.RecoveryDone():
            return [("warn" if isinstance(event, ev.RecoveryFound) else "good", event.sentence)]
        case ev.LeftoverFound():
            return [("dim" if event.by_nature else "warn", f"left behind: {event.name}, {event.sentence}")]
        case ev.RunFinished():
            tone = "good" if event.outcome == ev.Outcome.SUCCEEDED else "error"
            return [(tone, f"run {event.outcome}. {event.sentence}".strip())]
        case _:
            return []
