"""Text to read in full: the raw words of a failure, or an error of ours as a card."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from autocorp_wizard.tui.screens.dialogs import Dialog


class TextDialog(Dialog[None]):
    """Scrollable text; Esc or Enter closes."""

    BINDINGS = [Binding("enter,q,d", "cancel", "Back", id="text.close")]

    def __init__(self, title: str, text: str | Content) -> None:
        super().__init__(title)
        self._text = Content(text) if isinstance(text, str) else text

    def compose(self) -> ComposeResult:
        """The text."""
        with VerticalScroll(id="box") as box:
            box.border_title = self.box_title
            box.border_subtitle = "Esc closes"
            yield Static(self._text)

    def on_mount(self) -> None:
        """Scroll with the arrow keys."""
        self.query_one("#box").focus()
