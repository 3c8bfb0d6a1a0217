"""All runs, newest first. A running one is watched, a lost one recovered, any other read again.

What colleagues did is fetched when asked for, and read like the runs of this machine.
"""

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import OptionList, Static

from autocorp_wizard.adapters.run_store import RunRecord
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.tui import requests
from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.widgets.options import chosen_id, fill
from autocorp_wizard.tui.words import ago, clock, printable

_MARKS = {
    "running": ("▶", "bold $accent"),
    "succeeded": ("✓", "$success"),
    "failed": ("✗", "bold $error"),
    "cancelled": ("!", "$warning"),
    "lost": ("?", "bold $error"),
}


class RunsScreen(WizardScreen):
    """History and what is happening."""

    HELP = """
# Runs

Each run has a journal: everything that happened in it, for good. Opening a run reads that journal; a run that is still
going is followed. *Lost* means that its process died without an end. `t` fetches what colleagues did from the state
buckets; their names stand beside their runs.
"""
    CSS_PATH = "runs.tcss"
    SCOPE: ClassVar[str] = "runs"
    PLACE: ClassVar[str] = "Runs"
    EVERY: ClassVar[float] = 2.0
    BINDINGS = bindings_for("runs")

    def __init__(self) -> None:
        super().__init__()
        self._records: list[RunRecord] = []
        self._saved = 0

    def compose_body(self) -> ComposeResult:
        """The list, or why it is empty."""
        yield OptionList(id="runs")
        yield Static("No run yet. Open an environment and start with its first step.", id="nothing")

    def look(self) -> None:
        """Read the runs again."""
        self.run_guarded(self._look())

    async def _look(self) -> None:
        found = await self.session.ask(lambda: self.session.engine.history(None))
        names = await self.session.ask(self.session.store.names)
        if self.is_mounted:
            self._saved = len(names)
            self._show(found)

    def _show(self, records: list[RunRecord]) -> None:
        view = self.query_one("#runs", OptionList)
        self._records = records
        now = self.session.now()
        fill(
            view,
            [
                (record.run, _line(record, ago(record.started_at, now) if record.started_at else ""))
                for record in records
            ],
        )
        view.display = bool(records)
        self.query_one("#nothing").display = not records
        if records and self.focused is None:
            view.focus()
        self.refresh_actions()

    def _chosen(self) -> RunRecord | None:
        name = chosen_id(self.query_one("#runs", OptionList))
        return next((record for record in self._records if record.run == name), None)

    def facts(self) -> Facts:
        """What can be done with the chosen run."""
        chosen = self._chosen()
        lost = chosen.run if chosen and chosen.status == "lost" else ""
        return Facts(run=chosen.run if chosen else "", lost=lost, runs=len(self._records), environments=self._saved)

    @on(OptionList.OptionSelected, "#runs")
    def selected(self) -> None:
        """Enter or a click opens."""
        self.perform("runs.open")

    @on(OptionList.OptionHighlighted, "#runs")
    def highlighted(self) -> None:
        """Another run, other actions."""
        self.refresh_actions()

    def do_open(self, _: str) -> None:
        """Show the chosen run."""
        chosen = self._chosen()
        if chosen is not None:
            self.wizard.show_run(chosen.run, chosen.environment)

    def do_replay(self, _: str) -> None:
        """Play the chosen run again."""
        chosen = self._chosen()
        if chosen is not None:
            self.wizard.show_run(chosen.run, chosen.environment, replayed=True)

    async def do_recover(self, _: str) -> None:
        """Recover the chosen run."""
        chosen = self._chosen()
        if chosen is not None:
            await self.wizard.start_run(requests.recovery(chosen))

    async def do_team(self, _: str) -> None:
        """Fetch what colleagues did in each environment; one that cannot be reached does not stop the others."""
        self.notify("Looking for runs of colleagues …", markup=False)
        for name in await self.session.ask(self.session.store.names):
            said, severity = await self.session.ask(partial(self._fetched, name))
            self.notify(printable(said), title=name, severity=severity, markup=False)
        await self._look()

    def _fetched(self, name: str) -> tuple[str, SeverityLevel]:
        fetch = self.session.fetch_team
        if fetch is None:
            return "Colleagues cannot be asked here.", "warning"
        try:
            fetched = fetch(self.session.store.load(name))
        except WizardError as error:
            return f"{error.what} {error.next_step}", "error"
        said = f"{fetched.received} runs of colleagues came."
        if fetched.unreadable:
            return f"{said} Left there, damaged or of a newer wizard: {', '.join(fetched.unreadable)}.", "warning"
        return said, "information"


def _line(record: RunRecord, when: str) -> Content:
    mark, style = _MARKS.get(record.status, ("·", ""))
    taken = (
        clock((record.finished_at - record.started_at).total_seconds())
        if record.finished_at and record.started_at
        else ""
    )
    count = f"{record.done} of {record.total} done" if record.total and record.status == "running" else taken
    return Content.assemble(
        (f"{mark} {record.status:<10}", style),
        (f"{record.operation} {record.phase}".strip().ljust(20), "bold"),
        (f"{record.environment:<14}", ""),
        (f"{when:<12}", "$muted"),
        (count, "$muted"),
        (f"  {printable(record.by)}" if record.by else "", "$accent"),
        (f"\n             {printable(record.sentence)}" if record.sentence else "", "$muted"),
    )
