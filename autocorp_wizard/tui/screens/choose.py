"""Two small questions of the manual steps: which of several texts, and what is said about a step."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from autocorp_wizard.core.checklist import Step
from autocorp_wizard.tui.screens.dialogs import Dialog
from autocorp_wizard.tui.words import printable


class ChooseDialog(Dialog[int | None]):
    """Returns the index of the text that was chosen, None where the person went back."""

    def __init__(self, title: str, texts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._texts = title, texts

    def compose_words(self) -> ComposeResult:
        """The texts, each under its name."""
        yield OptionList(
            *(
                Option(Content.assemble((printable(name), "bold"), f"\n  {printable(text)}"), id=str(index))
                for index, (name, text) in enumerate(self._texts)
            ),
            id="choices",
        )

    def compose_controls(self) -> ComposeResult:
        """The way back."""
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Choose at once."""
        self.query_one("#box").border_title = self._title
        self.query_one("#choices").focus()

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """This one."""
        self.dismiss(event.option_index)

    @on(Button.Pressed, "#cancel")
    def refuse(self) -> None:
        """None of them."""
        self.dismiss(None)


class EvidenceDialog(Dialog[str | None]):
    """Asks for the evidence of a step that is done, or for the reason why it is not needed."""

    def __init__(self, step: Step, *, skipping: bool) -> None:
        super().__init__()
        self._step, self._skipping = step, skipping

    def compose_words(self) -> ComposeResult:
        """What is wanted, and what becomes of it."""
        yield Static(Content.styled(printable(self._step.title), "bold"))
        if self._skipping:
            yield Static("Skipped steps stay in the list with who skipped them and why.")
        else:
            yield Static(Content.assemble(("Evidence that is wanted: ", "dim"), printable(self._step.evidence)))
            yield Static(Content.styled("A sentence, or the name of a file (5 MB at most). It reads claimed.", "dim"))
        yield Static("", id="problem")

    def compose_controls(self) -> ComposeResult:
        """The words."""
        asked = "why it is not needed here" if self._skipping else "ticket 4711, route added by Kim"
        yield Input(placeholder=asked, id="said", compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Skip it" if self._skipping else "Claim it", variant="primary", id="accept", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#box").border_title = "Not needed here" if self._skipping else "Done"
        self.query_one(Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#accept")
    def accept(self) -> None:
        """Take it, unless it says nothing."""
        text = self.query_one(Input).value.strip()
        if text:
            self.dismiss(text)
        else:
            said = "Say why it is not needed." if self._skipping else "Say what was done and where it can be seen."
            self.query_one("#problem", Static).update(Content.styled(said, "bold $error"))

    @on(Button.Pressed, "#cancel")
    def refuse(self) -> None:
        """Nothing is recorded."""
        self.dismiss(None)
