"""The dashboard: what is deployed, how it does and which promises it keeps, looked at again every minute.

A look that fails or is refused never takes away what was seen before; the screen says how old that is.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.status import Report
from autocorp_wizard.core.status_rows import Screen, screen_of
from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.status_words import AMISS, STYLES, heading, objective_words, panel_words, rows
from autocorp_wizard.tui.widgets.options import chosen_id, fill
from autocorp_wizard.tui.words import ago, clock, printable

EVERY_LOOK = timedelta(seconds=60)
_PANEL, _PROMISE = "panel/", "promise/"
# The blanks on both sides of a row.
_BLANKS = 2


class DashboardScreen(WizardScreen):
    """Panels and promises, and everything about the chosen one."""

    HELP = """
# Dashboard

One row per part of the lake and per promise: **ok**, **warn**, **FAIL**, **?** (could not be looked at) or **-** (not
deployed). What is amiss stands first in its row; beside or below it stands everything that is known about the chosen
one, with the call that told it. The wizard looks again every minute while this screen is in front; looking changes
nothing.
"""
    CSS_PATH = "dashboard.tcss"
    SCOPE: ClassVar[str] = "dashboard"
    PLACE: ClassVar[str] = "Dashboard"
    EVERY: ClassVar[float] = 1.0
    BINDINGS = bindings_for("dashboard")

    def __init__(self, environment: str) -> None:
        super().__init__()
        self.environment = environment
        self._report: Report | None = None
        self._looking = False
        self._failure = ""
        self._due: datetime | None = None

    def compose_body(self) -> ComposeResult:
        """How it stands in two lines, then the rows and the words about one of them."""
        yield Static(id="dashboard-title")
        yield Static("Looking…", id="dashboard-age")
        with Container(id="dashboard-body"):
            yield OptionList(id="dashboard-rows")
            with VerticalScroll(id="dashboard-detail"):
                yield Static(id="dashboard-words")

    def on_mount(self) -> None:
        """The rows have the keyboard."""
        self.query_one("#dashboard-rows").focus()

    def on_resize(self, _: events.Resize) -> None:
        """Rows are cut to the room they have."""
        self.call_after_refresh(self._show)

    def look(self) -> None:
        """Look where it is due; else only the age of what is shown moves on."""
        if not self._looking and (self._due is None or self.session.now() >= self._due):
            self._begin()
        self._show_age()

    def facts(self) -> Facts:
        """What can be done with what was seen."""
        return Facts(
            environment=self.environment,
            looking=self._looking,
            causes=len(self._amiss()),
            copies=1 if self._report is not None else 0,
        )

    def _begin(self) -> None:
        self._looking = True
        self._show_age()
        self.refresh_actions()
        self.run_guarded(self._observe())

    async def _observe(self) -> None:
        ask = self.session.status
        try:
            if ask is None:
                return
            environment = await self.session.ask(lambda: self.session.environment(self.environment))
            self._report = await self.session.ask(lambda: ask(environment))
            self._failure = ""
        except WizardError as error:
            # Said on the screen, not over it: the next look may go well, and what was seen before still counts.
            self._failure = f"{error.what} {error.next_step}".strip()
        finally:
            self._looking = False
            self._due = self.session.now() + EVERY_LOOK
            if self.is_mounted:
                self._show()

    def _show(self) -> None:
        if self._report is not None and self.is_mounted:
            screen = screen_of(self._report, self.session.now())
            self.query_one("#dashboard-title", Static).update(
                Content.assemble((screen.verdict, STYLES[screen.level]), (f"  {screen.title}", "$muted"))
            )
            view = self.query_one("#dashboard-rows", OptionList)
            fill(view, self._entries(self._report, screen, max(20, view.scrollable_content_region.width - _BLANKS)))
            self._show_words()
        self._show_age()
        self.refresh_actions()

    @staticmethod
    def _entries(report: Report, screen: Screen, room: int) -> list[tuple[str, Content]]:
        panels = zip((_PANEL + panel.name for panel in report.panels), rows(screen.panels, room), strict=True)
        ids = {each.promise: _PROMISE + each.name for each in report.objectives}
        promises = zip((ids[shown.name] for shown in screen.promises), rows(screen.promises, room), strict=True)
        entries = [*panels, heading("Promises"), *promises]
        if screen.not_measured:
            entries.append(heading(screen.not_measured))
        return entries

    def _show_age(self) -> None:
        if not self.is_mounted:
            return
        now = self.session.now()
        parts = [f"Looked {ago(self._report.at, now)}" if self._report else "Not looked yet"]
        if self._looking:
            parts.append("looking…")
        elif self._due is not None:
            parts.append(f"again in {clock((self._due - now).total_seconds())}")
        words = Content.styled("; ".join(parts), "$muted")
        if self._failure:
            words = Content.assemble((f"{printable(self._failure)}  ", "bold $error"), words)
        self.query_one("#dashboard-age", Static).update(words)

    def _show_words(self) -> None:
        self.query_one("#dashboard-words", Static).update(self._words())

    def _words(self) -> Content:
        chosen, report = chosen_id(self.query_one("#dashboard-rows", OptionList)), self._report
        if report is None:
            return Content("")
        now = self.session.now()
        for panel in report.panels:
            if chosen == _PANEL + panel.name:
                return panel_words(panel, now)
        for objective in report.objectives:
            if chosen == _PROMISE + objective.name:
                return objective_words(objective, now)
        return Content("")

    def _amiss(self) -> list[str]:
        report = self._report
        if report is None:
            return []
        found = [_PANEL + panel.name for panel in report.panels if panel.level in AMISS]
        return found + [_PROMISE + each.name for each in report.objectives if each.level in AMISS]

    @on(OptionList.OptionHighlighted, "#dashboard-rows")
    def row_chosen(self) -> None:
        """Another row, other words."""
        self._show_words()
        self.query_one("#dashboard-detail", VerticalScroll).scroll_home(animate=False)

    def do_again(self, _: str) -> None:
        """Look now."""
        self._begin()

    def do_next(self, _: str) -> None:
        """Go to the next row that is amiss."""
        view = self.query_one("#dashboard-rows", OptionList)
        names = [option.id or "" for option in view.options]
        places = [names.index(name) for name in self._amiss() if name in names]
        if places:
            at = -1 if view.highlighted is None else view.highlighted
            view.highlighted = next((place for place in places if place > at), places[0])
            view.focus()

    async def do_copy(self, _: str) -> None:
        """Copy everything that is known about the chosen row."""
        text = self._words().plain
        if text:
            await self.wizard.copy_out(text, text.splitlines()[0])
