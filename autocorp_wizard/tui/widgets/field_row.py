"""One question of the form: label with the origin of its value, the field, and under it the help or what is wrong."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select, Static

from autocorp_wizard.core.answers import Answer, Field, Kind, Origin, parse, refuse, show
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json

_ORIGINS = {
    Origin.GIVEN: "your answer",
    Origin.DETECTED: "found by the wizard",
    Origin.PRESET: "from the preset",
    Origin.DEFAULT: "default",
}


class FieldRow(Vertical):
    """A field of the schema on the screen. It checks itself when the focus leaves it, not on every key."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto; margin: 0 0 1 0;
        .label { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        .message { height: auto; color: $muted; }
        Input { width: 1fr; max-width: 70; background: $panel; }
        Select { width: 1fr; max-width: 70; }
        &.-wrong .message { color: $error; text-style: bold; }
        &.-wrong Input { color: $error; }
    }
    """

    class Edited(Message):
        """The value was changed by the person."""

    def __init__(self, answer: Answer, text: str | None = None) -> None:
        super().__init__(id=f"field-{answer.field.name}")
        self.answer = answer
        self._initial = show(answer.value)
        self._text = self._initial if text is None else text

    @property
    def field(self) -> Field:
        """The question."""
        return self.answer.field

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._text

    @property
    def is_edited(self) -> bool:
        """Whether it differs from what was there."""
        return self._text.strip() != self._initial

    def compose(self) -> ComposeResult:
        """Label, field, message."""
        yield Static(self._label(), classes="label")
        choices = self._choices()
        if choices:
            value = self._text if self._text in choices else choices[0]
            yield Select([(choice, choice) for choice in choices], value=value, allow_blank=False, compact=True)
        else:
            yield Input(self._text, placeholder=f"for example {show(self.field.example)}", compact=True)
        yield Static(self._advice(), classes="message")

    def value(self) -> Json:
        """Return the value as the schema reads it; raises UsageError where it cannot be one."""
        return parse(self.field, self._text)

    def check(self) -> bool:
        """Look at the value; show the reason and the remedy where it is refused."""
        try:
            problem = refuse(self.field, self.value())
            text = f"{problem.why} {problem.remedy}" if problem else ""
        except UsageError as error:
            text = f"{error.why} {error.next_step}"
        self.complain(text)
        return not text

    def complain(self, text: str) -> None:
        """Show what is wrong; nothing wrong shows the help again."""
        self.set_class(bool(text), "-wrong")
        self.query_one(".message", Static).update(Content(text) if text else self._advice())

    def renew(self, answer: Answer) -> None:
        """Take a new answer from outside (another preset, a save); what the person typed stays."""
        edited = self.is_edited
        self.answer = answer
        self._initial = show(answer.value)
        if not edited:
            self._text = self._initial
            for field in self.query(Input):
                with self.prevent(Input.Changed):
                    field.value = self._initial
            for choice in self.query(Select):
                if self._initial in self._choices():
                    with self.prevent(Select.Changed):
                        choice.value = self._initial
        self.query_one(".label", Static).update(self._label())

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Keep the text; judge it later."""
        event.stop()
        self._took(event.value)

    @on(Select.Changed)
    def selected(self, event: Select.Changed) -> None:
        """Keep the choice."""
        event.stop()
        self._took(str(event.value))

    @on(Input.Blurred)
    def left(self, event: Input.Blurred) -> None:
        """Judge now."""
        event.stop()
        self.check()

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        """Enter goes to the next field."""
        event.stop()
        if self.check():
            self.screen.focus_next()

    def _took(self, text: str) -> None:
        if text == self._text:
            return
        self._text = text
        self.query_one(".label", Static).update(self._label())
        self.post_message(self.Edited())

    def _choices(self) -> tuple[str, ...]:
        return ("yes", "no") if self.field.kind is Kind.FLAG else self.field.choices

    def _label(self) -> Content:
        origin = "changed, not saved" if self.is_edited else _ORIGINS[self.answer.origin]
        if not self.is_edited and not self._initial:
            origin = "empty" if self.field.nullable else "needed"
        return Content.assemble((self.field.name, "bold"), (f"  {origin}", "$accent" if self.is_edited else "$muted"))

    def _advice(self) -> Content:
        return Content(self.field.help)
