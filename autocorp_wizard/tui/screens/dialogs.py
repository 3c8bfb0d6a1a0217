"""The questions that interrupt: a name, a password, leaving, stopping, destroying. Each returns a typed answer.

Esc is always the harmless answer, and the harmless button has the focus wherever something could be lost.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.types import CSSPathType
from textual.widgets import Button, Input, Static

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """Base: a titled box in the middle; Esc dismisses it with None."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", id="dialog.back"),
        Binding("left,up", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
        Binding("right,down", "app.focus_next", "Next", show=False, id="dialog.next"),
    ]
    TITLE_TEXT: ClassVar[str] = ""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.box_title = title or self.TITLE_TEXT

    def compose(self) -> ComposeResult:
        """The box; subclasses fill it."""
        with Vertical(id="box") as box:
            box.border_title = self.box_title
            with VerticalScroll(id="words", can_focus=False):
                yield from self.compose_words()
            yield from self.compose_controls()

    def compose_words(self) -> ComposeResult:
        """What is said."""
        raise NotImplementedError

    def compose_controls(self) -> ComposeResult:
        """What can be answered."""
        raise NotImplementedError

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class QuitDialog(Dialog[bool]):
    """Asked only when a run is going on: leaving does not stop it."""

    TITLE_TEXT = "Leave the wizard"

    def __init__(self, run: str, operation: str, environment: str) -> None:
        super().__init__()
        self._run, self._operation, self._environment = run, operation, environment

    def compose_words(self) -> ComposeResult:
        """What happens to the run."""
        yield Static(
            Content(
                f"The {self._operation} of {self._environment} is still going. It runs in a process of its own and "
                "goes on when this window closes."
            )
        )
        yield Static(
            Content.assemble(
                "\nCome back with ",
                ("autocorp-wizard", "bold"),
                f", or follow {self._run} with ",
                (f"autocorp-wizard runs attach {self._run}", "bold"),
            )
        )

    def compose_controls(self) -> ComposeResult:
        """Leave or stay."""
        with Horizontal(classes="buttons"):
            yield Button("Stay", variant="primary", id="stay", compact=True)
            yield Button("Leave, let it run", id="leave", compact=True)

    def on_mount(self) -> None:
        """Staying is the harmless answer."""
        self.query_one("#stay").focus()

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "leave")


class Stop(StrEnum):
    """The three ways to stop watching or stop a run."""

    DETACH = "detach"
    STOP = "stop"
    KILL = "kill"


class CancelSheet(Dialog[Stop | None]):
    """Three ways out of a run, each with its price; killing is typed."""

    TITLE_TEXT = "Stop this run?"
    WORD: ClassVar[str] = "kill"

    def compose_words(self) -> ComposeResult:
        """The prices."""
        yield Static(
            Content.assemble(
                ("Keep running", "bold"),
                ": only this view closes. Costs nothing.\n",
                ("Stop", "bold"),
                ": Terraform is asked once. It finishes what it is at (a resource can take minutes), starts nothing "
                "new, saves its state and unlocks.\n",
                ("Kill", "bold $error"),
                f": at once. State may be unsaved and locked; recovery is needed afterwards. Type {self.WORD} first.",
            )
        )

    def compose_controls(self) -> ComposeResult:
        """The three, harmless first."""
        yield Input(placeholder=f"type {self.WORD} to unlock Kill", id="typed", compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Keep running", variant="primary", id="detach", compact=True)
            yield Button("Stop", variant="warning", id="stop", compact=True)
            yield Button("Kill", variant="error", id="kill", compact=True)

    def on_mount(self) -> None:
        """The harmless one has the focus."""
        self.query_one("#detach").focus()

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Answer; killing wants the word."""
        if event.button.id == Stop.KILL and self.query_one(Input).value.strip() != self.WORD:
            self.notify(f"Type {self.WORD} into the field first.", title="Kill: not now", severity="warning")
            self.query_one(Input).focus()
            return
        self.dismiss(Stop(str(event.button.id)))


class ConfirmName(Dialog[str | None]):
    """Asks for the environment's name, typed, before something is lost. Cancel has the focus; Enter alone cancels."""

    def __init__(self, environment: str, *, title: str, verb: str, losses: Sequence[str], production: bool) -> None:
        super().__init__(title)
        self._environment, self._verb = environment, verb
        self._losses, self._production = losses, production

    def compose_words(self) -> ComposeResult:
        """What is lost, data first."""
        if self._production:
            yield Static(Content.styled(f"{self._environment} is PRODUCTION.", "bold reverse $error"))
        yield Static(Content("\n".join(f"· {loss}" for loss in self._losses)))
        yield Static(
            Content.assemble(
                "\nType the environment's name, ", (self._environment, "bold underline"), f", to {self._verb}."
            )
        )
        yield Static("", id="problem")

    def compose_controls(self) -> ComposeResult:
        """The name, then Cancel before the deed."""
        yield Input(placeholder="name of the environment", id="typed", compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Cancel", variant="primary", id="cancel", compact=True)
            yield Button(
                Content(f"{self._verb.capitalize()} {self._environment}"), variant="error", id="deed", compact=True
            )

    def on_mount(self) -> None:
        """Cancel has the focus."""
        self.query_one("#cancel").focus()

    @on(Input.Submitted)
    def submitted(self) -> None:
        """Enter in the field goes on to the button; it is not the deed itself."""
        self.query_one("#deed" if self._matches() else "#cancel").focus()
        if not self._matches():
            self._complain()

    @on(Button.Pressed, "#deed")
    def deed(self) -> None:
        """Only with the name."""
        if self._matches():
            self.dismiss(self._environment)
        else:
            self._complain()
            self.query_one(Input).focus()

    def _matches(self) -> bool:
        return self.query_one(Input).value.strip() == self._environment

    def _complain(self) -> None:
        self.query_one("#problem", Static).update(
            Content.styled("The name does not match; nothing was done.", "bold $error")
        )
