"""What all screens have in common: the identity line, the footer, actions by the table, errors as a card.

Every action, whether by key, footer, palette or button, comes through `perform`, so a disabled one always says why.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.css.query import NoMatches
from textual.geometry import Offset, Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Static

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.tui.actions import BY_ID, Action, actions_for, moved
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.widgets.action_bar import ActionBar, ActionButton
from autocorp_wizard.tui.widgets.header import Chip, IdentityHeader

if TYPE_CHECKING:
    from autocorp_wizard.tui.app import WizardApp
    from autocorp_wizard.tui.overview import Overview
    from autocorp_wizard.tui.session import Session


def size_classes(size: Size, app: "WizardApp") -> Iterator[str]:
    """Yield the classes that the application's breakpoints give a screen of this size."""
    for length, steps in ((size.width, app.HORIZONTAL_BREAKPOINTS), (size.height, app.VERTICAL_BREAKPOINTS)):
        yield next(name for least, name in sorted(steps or (), reverse=True) if length >= least)


TOO_SMALL: Final = "This window is too small; the wizard needs 60x16.\nNothing was stopped."
BUTTON: Final = "button"
"""What `perform` is told instead of a key when a button was pressed."""


class WizardScreen(Screen[None]):
    """Base of the full screens. Subclasses name their SCOPE, yield their body and say the facts they know."""

    SCOPE: ClassVar[str] = ""
    PLACE: ClassVar[str] = ""
    environment: str = ""
    EVERY: ClassVar[float] = 0
    """Seconds between two calls of `look`; 0 for none."""
    _asking = False

    @property
    def session(self) -> "Session":
        """What the screens share."""
        return self.wizard.session

    @property
    def wizard(self) -> "WizardApp":
        """The application, typed."""
        return cast("WizardApp", self.app)

    def compose(self) -> ComposeResult:
        """Header, body, footer, and the notice for a screen too small to use."""
        # Before the first layout: otherwise a narrow screen would flash up wide.
        self.add_class(*size_classes(self.app.size, self.wizard))
        yield IdentityHeader()
        with Container(id="body"):
            yield from self.compose_body()
        yield Static(TOO_SMALL, id="too-small")
        yield ActionBar()

    def compose_body(self) -> ComposeResult:
        """The screen's own widgets."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Show where we are and begin to look."""
        self.query_one(IdentityHeader).place = self.PLACE
        if (known := self.session.known.get(self.environment)) is not None:
            self.show_identity(known)
        if self.EVERY:
            self.set_interval(self.EVERY, self._look_again)
        # Looking loads what the first frame does not need and would have to share the processor with.
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Look again at what the screen shows; called on mount, on return, and every EVERY seconds."""

    def _look_again(self) -> None:
        """A screen that is covered waits until it is in front again."""
        if self.is_current:
            self.look()

    def on_screen_resume(self) -> None:
        """Things may have changed while another screen was in front."""
        if self.is_mounted:
            self.look()

    def close_find(self) -> bool:
        """Close a search, where one is open; return whether it was."""
        return False

    def leaving(self) -> None:
        """Put aside what should be there when the person comes back."""

    def page(self) -> str:
        """The help page of this screen, as Markdown."""
        return self.HELP or ""

    def facts(self) -> Facts:
        """What the availability of actions depends on."""
        return Facts()

    def show_identity(self, overview: "Overview") -> None:
        """Put the environment into the header and the notice."""
        header = self.query_one(IdentityHeader)
        header.overview = overview
        if overview.environment and overview.saved and not overview.rehearsal:
            seen = self.session.identities.get(overview.environment)
            header.chip = Chip.of(seen, overview, self.session.now()) if seen is not None else Chip()
            if not self._asking and (seen is None or self.session.is_old(seen)):
                self._asking = True
                self.run_worker(self._show_chip(header, overview), group="identity")
        word = "PRODUCTION " if overview.production else ""
        self.query_one("#too-small", Static).update(f"{word}{overview.environment}\n\n{TOO_SMALL}")

    async def _show_chip(self, header: IdentityHeader, overview: "Overview") -> None:
        seen = await self.session.ask(lambda: self.session.identity(overview.environment))
        self._asking = False
        if header.is_attached:
            header.chip = Chip.of(seen, overview, self.session.now())

    def refresh_actions(self) -> None:
        """Tell the footer what can be done now."""
        facts = self.facts()
        entries = [(action, action.reason(facts)) for action in self.own_actions() if action.weight]
        self.query_one(ActionBar).entries = entries

    def own_actions(self) -> tuple[Action, ...]:
        """Return this screen's actions and those that work everywhere, with the keys that they have here."""
        return tuple(
            moved(each, self.session.likings.keys) for scope in (self.SCOPE, "app") for each in actions_for(scope)
        )

    def action_act(self, action_id: str, key: str = "") -> None:
        """Do an action of the table (Textual's entry for bindings and clicks)."""
        self.perform(action_id, key)

    def perform(self, action_id: str, key: str = "") -> None:
        """Do an action, or say why it cannot be done now."""
        action = BY_ID[action_id]
        reason = action.reason(self.facts())
        if reason:
            self.notify(reason, title=f"{action.title}: not now", severity="warning", markup=False)
            return
        owner = self.wizard if action.scope == "app" else self
        method = cast("Callable[[str], Awaitable[None] | None]", getattr(owner, action.method))
        result = method(key)
        if result is not None:
            self.run_guarded(result)

    def run_guarded(self, work: Awaitable[None]) -> None:
        """Run asynchronous work of this screen; a WizardError becomes a card, anything else is a bug of ours."""

        async def guarded() -> None:
            try:
                await work
            except WizardError as error:
                self.wizard.show_error(error)
            except NoMatches:
                # What came back after the screen was left has nowhere to be shown, which is no bug.
                if self.is_mounted and self.is_attached and self.is_running:
                    raise

        self.run_worker(guarded(), group="screen", exit_on_error=True)

    @on(Button.Pressed)
    def act_on_button(self, event: Button.Pressed) -> None:
        """A button of the table does what its key does."""
        if isinstance(event.button, ActionButton):
            event.stop()
            self.perform(event.button.action_id, BUTTON)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Braille displays and magnifiers follow the terminal's cursor, so it goes where the focus is."""
        self._cursor_to(event.widget)

    def _cursor_to(self, widget: Widget) -> None:
        region = widget.content_region
        self.app.cursor_position = Offset(region.x, region.y)
