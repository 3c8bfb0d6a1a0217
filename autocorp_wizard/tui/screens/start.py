"""The first screen: the environments with their state in words, and on top whatever is still going or was lost."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList, Static

from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.widgets.action_bar import ActionButton
from autocorp_wizard.tui.widgets.options import chosen_id, fill

if TYPE_CHECKING:
    from autocorp_wizard.adapters.run_store import RunRecord
    from autocorp_wizard.tui.overview import Overview

_NEW = "new environment"  # no name that an environment can have
_END = {
    "lost": "was lost: its process died without an end",
    "failed": "failed badly",
    "cancelled": "was cut short",
}


class StartScreen(WizardScreen):
    """Environments, resume first."""

    HELP = """
# Start

An **environment** is a named set of answers: which account, which region, which source. Choose one, or make a new one.
A run goes on when the wizard is closed; if one is still going, it is offered first.
"""
    CSS_PATH = "start.tcss"
    SCOPE: ClassVar[str] = "start"
    PLACE: ClassVar[str] = "Environments"
    EVERY: ClassVar[float] = 2.0
    BINDINGS = bindings_for("start")

    def __init__(self) -> None:
        super().__init__()
        self._overviews: dict[str, Overview] = {}
        self._looked = False

    def compose_body(self) -> ComposeResult:
        """The run that wants attention, then the list."""
        with Horizontal(id="attention", classes="-nothing"):
            yield Static(id="attention-text")
            yield ActionButton("start.reattach", "Reattach", variant="primary")
            yield ActionButton("start.recover", "Recover", variant="warning")
        yield OptionList(id="environments")

    def look(self) -> None:
        """Read the environments and their runs again."""
        self.run_guarded(self._look())

    async def _look(self) -> None:
        names = await self.session.ask(self._names)
        found = [await self.session.ask(lambda name=name: self.session.overview(name)) for name in names]  # type: ignore[misc]
        before = self._overviews
        self._overviews = {
            each.environment: replace(each, waiting_steps=before[each.environment].waiting_steps)
            if each.environment in before
            else each
            for each in found
        }
        self._show()
        # Counted after the first sight: it reads checklists and evidence.
        counted = [await self.session.ask(lambda each=each: self.session.with_waiting_steps(each)) for each in found]  # type: ignore[misc]
        if counted != found and self.is_mounted:
            self._overviews = {overview.environment: overview for overview in counted}
            self._show()

    def _names(self) -> list[str]:
        names = self.session.store.names()
        proposed = self.session.proposed
        return names if proposed is None or proposed.name in names else [proposed.name, *names]

    def _show(self) -> None:
        from autocorp_wizard.tui.overview import sentence_of

        now = self.session.now()
        entries = [(name, _prompt(overview, sentence_of(overview, now))) for name, overview in self._overviews.items()]
        entries.append(
            (_NEW, Content.assemble(("+ New environment", "bold"), ("\n  answer a few questions", "$muted")))
        )
        view = self.query_one("#environments", OptionList)
        fill(view, entries, first=self.wizard.preferred)
        self._show_attention(now)
        if not self._looked:
            self._looked = True
            target = self.query_one("#button-start-reattach") if self._live else view
            target.focus()
        self.refresh_actions()

    def _show_attention(self, now: datetime) -> None:
        live, lost = self._live, self._lost
        area = self.query_one("#attention")
        area.set_class(live is None and lost is None, "-nothing")
        self.query_one("#button-start-reattach").display = live is not None
        self.query_one("#button-start-recover").display = live is None and lost is not None
        if live is not None:
            self.query_one("#attention-text", Static).update(_going(live))
        elif lost is not None:
            from autocorp_wizard.tui.words import ago

            when = f" ({ago(lost.started_at, now)})" if lost.started_at else ""
            self.query_one("#attention-text", Static).update(
                Content.assemble(
                    (f"The {lost.operation} of {lost.environment} {_END[lost.status]}{when}.", "bold $warning"),
                    "\nIt may have left a lock, an unsaved state or half-made resources behind. Recover looks at what "
                    "is there and puts it right.",
                )
            )

    @property
    def _live(self) -> "RunRecord | None":
        return next((o.live for o in self._overviews.values() if o.live is not None), None)

    @property
    def _lost(self) -> "RunRecord | None":
        return next((o.lost for o in self._overviews.values() if o.lost is not None), None)

    def facts(self) -> Facts:
        """What can be done from here."""
        live, lost = self._live, self._lost
        return Facts(live=live.run if live else "", lost=lost.run if lost else "", environments=len(self._overviews))

    @on(OptionList.OptionSelected, "#environments")
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click opens."""
        if event.option.id == _NEW:
            self.perform("start.new")
        else:
            self.perform("start.open")

    def do_open(self, _: str) -> None:
        """Open the chosen environment."""
        chosen = chosen_id(self.query_one("#environments", OptionList))
        if chosen == _NEW:
            self.perform("start.new")
        elif chosen:
            self.wizard.open_environment(self._overviews[chosen])

    async def do_new(self, _: str) -> None:
        """Ask for the name, then show its form."""
        from autocorp_wizard.tui.screens.asking import NameDialog

        name = await self.app.push_screen_wait(NameDialog(tuple(self._overviews)))
        if name:
            self.wizard.open_environment(await self.session.ask(lambda: self.session.overview(name)))

    def do_reattach(self, _: str) -> None:
        """Watch the run that goes on."""
        live = self._live
        if live is not None:
            self.wizard.open_environment(self._overviews[live.environment])
            self.wizard.show_run(live.run, live.environment)

    async def do_recover(self, _: str) -> None:
        """Start a recovery of the lost run's environment."""
        lost = self._lost
        if lost is not None:
            from autocorp_wizard.tui import requests

            await self.wizard.start_run(requests.recovery(lost))


def _going(live: "RunRecord") -> Content:
    done = f": {live.done} of {live.total} done" if live.total else ""
    return Content.assemble(
        (f"The {live.operation} of {live.environment} is still going{done}.", "bold $accent"),
        f"\nRun {live.run} never depended on this window.",
    )


def _prompt(overview: "Overview", sentence: str) -> Content:
    production = ("PRODUCTION  ", "bold $error") if overview.production else ("", "")
    kind = "rehearsal, " if overview.rehearsal else ""
    return Content.assemble(
        production,
        (overview.environment, "bold"),
        (f"   {kind}{overview.preset} preset", ""),
        (f"\n  {sentence}", "$muted"),
    )
