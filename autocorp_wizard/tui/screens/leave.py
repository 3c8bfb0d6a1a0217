"""Asks for leave before a check that leaves something behind, or costs something."""

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from autocorp_wizard.core.preflight.record import SideEffect
from autocorp_wizard.tui.screens.dialogs import Dialog

_SAID: Final = {
    SideEffect.TEMPORARY_SLOT: "It makes a replication slot for a moment; it vanishes with the session that made it.",
    SideEffect.MINTS_KEY: "It asks the agent for a key; an earlier key that was not used becomes void.",
    SideEffect.PAID: "AWS bills it.",
}


class LeaveDialog(Dialog[bool | None]):
    """True where the check may do it."""

    TITLE_TEXT = "May it?"

    def __init__(self, check: str, effect: SideEffect) -> None:
        super().__init__()
        self._check, self._effect = check, effect

    def compose_words(self) -> ComposeResult:
        """What it does."""
        yield Static(Content.assemble((self._check, "bold"), f"\n{_SAID[self._effect]}"))

    def compose_controls(self) -> ComposeResult:
        """Not, or yes."""
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel", compact=True)
            yield Button("Look", variant="primary", id="accept", compact=True)

    def on_mount(self) -> None:
        """The harmless answer has the focus."""
        self.query_one("#cancel").focus()

    @on(Button.Pressed, "#accept")
    def accept(self) -> None:
        """It may."""
        self.dismiss(True)
