"""Asks for the reason and the last day of a waiver; for what guards the data, for the check's id as well."""

from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from autocorp_wizard.core.environment import Waiver
from autocorp_wizard.tui.screens.dialogs import Dialog
from autocorp_wizard.tui.words import printable


class WaiveDialog(Dialog[Waiver | None]):
    """The waiver, or None where the person went back."""

    TITLE_TEXT = "Live with it until a day"

    def __init__(self, check: str, summary: str, *, today: date, by: str, integrity: bool) -> None:
        super().__init__()
        self._check, self._summary = check, summary
        self._today, self._by, self._integrity = today, by, integrity

    def compose_words(self) -> ComposeResult:
        """What is waived, and what that means."""
        yield Static(Content.assemble((self._check, "bold"), f"\n{printable(self._summary)}"))
        yield Static(
            Content.styled(
                "It is shown in every report and closes no gate; after its day it counts as failed.", "$muted"
            )
        )
        if self._integrity:
            yield Static(Content.styled("It guards what cannot be repaired later: type its id as well.", "$warning"))
        yield Static("", id="problem")

    def compose_controls(self) -> ComposeResult:
        """Reason, day, and the id where it is wanted."""
        yield Input(placeholder="why that is acceptable", id="reason", compact=True)
        yield Input(placeholder="the last day, such as 2027-03-31", id="until", compact=True)
        if self._integrity:
            yield Input(placeholder=self._check, id="typed", compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel", compact=True)
            yield Button("Waive", variant="warning", id="accept", compact=True)

    def on_mount(self) -> None:
        """Begin with the reason."""
        self.query_one("#reason").focus()

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Enter goes to the next field; it never waives by itself."""
        self.app.action_focus_next()

    @on(Button.Pressed, "#accept")
    def accept(self) -> None:
        """Take it, or say what is wrong with it."""
        reason = " ".join(self.query_one("#reason", Input).value.split())
        day = self._day()
        problem = ""
        if not reason:
            problem = "A waiver needs a reason."
        elif day is None:
            problem = "The last day is a date such as 2027-03-31."
        elif day < self._today:
            problem = "That day is over."
        elif self._integrity and self.query_one("#typed", Input).value.strip() != self._check:
            problem = f"Type {self._check} to waive it."
        if problem or day is None:
            self.query_one("#problem", Static).update(Content.styled(problem, "bold $error"))
        else:
            self.dismiss(Waiver(self._check, reason, day, self._by))

    def _day(self) -> date | None:
        try:
            return date.fromisoformat(self.query_one("#until", Input).value.strip())
        except ValueError:
            return None
