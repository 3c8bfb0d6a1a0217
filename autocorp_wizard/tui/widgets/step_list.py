"""The map of an environment: number, name, and where each step stands, as a glyph and in a word."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from autocorp_wizard.tui.overview import GLYPHS, Step, StepStatus

_TONES = {
    StepStatus.DONE: "$success",
    StepStatus.READY: "$accent",
    StepStatus.WAITING: "$muted",
    StepStatus.RUNNING: "bold $accent",
    StepStatus.REVIEW: "bold $accent",
    StepStatus.FAILED: "bold $error",
    StepStatus.STALE: "bold $warning",
}


def status_words(step: Step) -> Content:
    """Return `✓ done` in its colour."""
    return Content.styled(f"{GLYPHS[step.status]} {step.status.value}", _TONES[step.status])


class StepList(OptionList):
    """The sidebar. Moving in it shows a step at once."""

    @dataclass
    class Chosen(Message):
        """Another step was highlighted, clicked or entered."""

        index: int
        """Its place in the map, from 0."""
        entered: bool
        """Whether the person wants to go into it (Enter or click)."""

    def show(self, steps: Sequence[Step], chosen: int) -> None:
        """Show these steps with one of them marked."""
        prompts = [
            Content.assemble((f"{number} {step.title}", "bold"), "\n  ", status_words(step))
            for number, step in enumerate(steps, 1)
        ]
        if self.option_count != len(prompts):
            self.clear_options()
            self.add_options([Option(prompt) for prompt in prompts])
        else:
            for index, prompt in enumerate(prompts):
                self.replace_option_prompt_at_index(index, prompt)
        if self.highlighted != chosen:
            with self.prevent(OptionList.OptionHighlighted):
                self.highlighted = chosen

    @on(OptionList.OptionHighlighted)
    def moved(self, event: OptionList.OptionHighlighted) -> None:
        """Tell the screen."""
        event.stop()
        self.post_message(self.Chosen(event.option_index, entered=False))

    @on(OptionList.OptionSelected)
    def entered(self, event: OptionList.OptionSelected) -> None:
        """Tell the screen."""
        event.stop()
        self.post_message(self.Chosen(event.option_index, entered=True))
