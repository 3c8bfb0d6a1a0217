"""Asks which of several texts is meant."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from autocorp_wizard.tui.screens.dialogs import Dialog
from autocorp_wizard.tui.words import printable


class ChooseDialog(Dialog[int | None]):
    """Returns the index of the text that was chosen, None where the person went back."""

    def __init__(self, title: str, texts: Sequence[tuple[str, str]]) -> None:
        super().__init__(title)
        self._texts = texts

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
        self.query_one("#choices").focus()

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """This one."""
        self.dismiss(event.option_index)
