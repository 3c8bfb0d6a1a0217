"""Help in context: what can be done on the screen in front, with which key, and why not now; then the screen's page."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.types import CSSPathType
from textual.widgets import Markdown, Static

from autocorp_wizard.tui.actions import Action, key_name
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.screens.dialogs import Dialog


class HelpScreen(Dialog[None]):
    """The actions of one screen, and a page of text."""

    TITLE_TEXT = "Help"
    CSS_PATH: ClassVar[CSSPathType | None] = ["dialogs.tcss", "help.tcss"]
    BINDINGS = [("f1,question_mark,q", "cancel", "Back")]

    def __init__(self, actions: Sequence[Action], page: str, facts: Facts) -> None:
        super().__init__()
        self._actions, self._page, self._facts = actions, page, facts

    def compose(self) -> ComposeResult:
        """Keys first: that is what people look for; this screen's before those that work everywhere."""
        with VerticalScroll(id="box") as box:
            box.border_title = self.box_title
            box.border_subtitle = "Esc closes"
            for action in self._actions:
                reason = action.reason(self._facts)
                with Horizontal(classes="action"):
                    yield Static(Content.styled(_keys(action), "bold $accent"), classes="keys")
                    yield Static(Content.styled(action.title, "$muted" if reason else "bold"), classes="title")
                    yield Static(
                        Content.assemble(action.help, (f" Not now: {reason}" if reason else "", "$muted italic")),
                        classes="help",
                    )
            yield Markdown(self._page.strip())

    def on_mount(self) -> None:
        """Scroll with the arrow keys."""
        self.query_one("#box").focus()


def _keys(action: Action) -> str:
    return "1 … 9" if len(action.keys) > 4 else " ".join(key_name(key) for key in action.keys)
