"""The form of an environment. Its fields come from the schema of answers; nothing here knows any of them by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Collapsible, Static

from autocorp_wizard.core.answers import Answer, Group
from autocorp_wizard.core.dependants import ChangedAnswer, touching
from autocorp_wizard.core.edits import changed_inputs, edit_command, input_lines
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.tui.widgets.action_bar import ActionButton
from autocorp_wizard.tui.widgets.field_row import FieldRow
from autocorp_wizard.tui.words import count, printable

# Answers that decide what other answers default to or whether they are asked at all.
_STEERING: Final = ("preset", "cloud")


@dataclass(frozen=True, slots=True)
class _Edit:
    """The environment as it would be saved, the inputs of Terraform that change, and in words what is made of them."""

    after: Environment
    inputs: tuple[ChangedAnswer, ...]
    phases: str


class EnvironmentForm(Vertical):
    """All questions, those with a good default folded away. `draft` is what was typed and not saved yet."""

    HELP = """
# Environment

Every answer has a default and says where it came from. An answer is checked when you leave it; *Save* checks all.
Nothing is deployed by saving. The answers are kept in a file that holds no secrets and is made to be committed.
"""

    def __init__(self, environment: Environment, draft: Mapping[str, str], *, is_saved: bool) -> None:
        super().__init__(id="pane-environment")
        self.environment = environment
        self._is_saved = is_saved
        self._draft = draft

    def compose(self) -> ComposeResult:
        """The asked questions by group, the rest folded."""
        yield Static(classes="heading")
        with VerticalScroll(can_focus=False):
            yield from self._questions()
        yield Static(classes="effect")
        with Horizontal(classes="buttons"):
            yield ActionButton("steps.save", variant="primary")
            yield ActionButton("steps.diff")

    def _questions(self) -> ComposeResult:
        answers = list(self.environment.answers.values())
        yield from self._grouped([answer for answer in answers if answer.field.asked])
        rest = [answer for answer in answers if not answer.field.asked]
        if rest:
            open_at_once = self._draft_in(rest)
            title = f"{len(rest)} more answers, all with good defaults"
            with Collapsible(title=title, collapsed=not open_at_once), Vertical(id="more"):
                if open_at_once:
                    yield from self._grouped(rest)

    def _grouped(self, answers: list[Answer]) -> Iterator[Widget]:
        for group in Group:
            here = [answer for answer in answers if answer.field.group is group]
            if here:
                yield Static(Content.styled(group.value, "bold underline"), classes="group")
                yield from (self._row(answer) for answer in here)

    @on(Collapsible.Expanded)
    async def unfolded(self, event: Collapsible.Expanded) -> None:
        """Make the rows when they are first wanted: eighty fields cost a second that most people never need."""
        event.stop()
        more = self.query_one("#more", Vertical)
        if not more.children:
            resolved = self._resolved()
            await more.mount_all(self._grouped([answer for answer in resolved.values() if not answer.field.asked]))
            self.show()

    def on_mount(self) -> None:
        """Hide what the chosen cloud does not need."""
        self.show()

    @property
    def rows(self) -> dict[str, FieldRow]:
        """All rows by name."""
        return {row.field.name: row for row in self.query(FieldRow)}

    @property
    def draft(self) -> dict[str, str]:
        """What was typed and not saved."""
        return {name: row.text for name, row in self.rows.items() if row.is_edited}

    def show(self) -> None:
        """Bring heading and visibility up to date."""
        edited = len(self.draft)
        state = f"{edited} changed, not saved" if edited else "saved" if self._is_saved else "proposed, not saved yet"
        self.query_one(".heading", Static).update(
            Content.assemble(
                ("Answers of ", ""), (self.environment.name, "bold"), (f"  {state}", "$accent" if edited else "$muted")
            )
        )
        self.query_one(".effect", Static).update(self._effect())
        cloud = self.rows["cloud"].text if "cloud" in self.rows else ""
        for row in self.rows.values():
            row.display = row.field.only_cloud in {"", cloud}

    def _values(self, *always: str) -> dict[str, Json]:
        """Return what was edited, and these fields anyway. Raises UsageError where a text is no value."""
        return {name: row.value() for name, row in self.rows.items() if row.is_edited or name in always}

    def _edit(self) -> _Edit | None:
        """Return what the form as it stands would change; None where an answer cannot be used."""
        try:
            after = self.environment.with_answers(self._values())
        except UsageError:
            return None
        inputs = changed_inputs(self.environment, after)
        return _Edit(after, inputs, ", ".join(phase for phase in Phase if touching(inputs, phase)))

    def changes(self) -> Content:
        """Return the edit in full: the variables file as a diff, what becomes stale, the command that does the same."""
        edit = self._edit()
        if edit is None:
            return Content("An answer cannot be used as it stands; Save says which one and why.")
        lines = [Content.styled("Inputs of Terraform", "bold")]
        tones = {"-": "$error", "+": "$success"}
        lines += [Content.styled(f"{sign} {printable(text)}", tones[sign]) for sign, text in input_lines(edit.inputs)]
        if not edit.inputs:
            lines.append(Content("No input of Terraform changes."))
        if edit.phases:
            lines.append(Content(f"\nMade from them: {edit.phases}; what is deployed of these becomes stale."))
        if command := edit_command(self.environment, edit.after, saved=self._is_saved):
            lines += [Content.styled("\nSame from the command line", "bold"), Content(command)]
        return Content("\n").join(lines)

    def _effect(self) -> Content:
        """One line below the questions; everything of it is one key away."""
        edit = self._edit()
        if edit is None:
            return Content.styled("An answer cannot be used as it stands.", "$error")
        if not edit.inputs:
            return Content("")
        number = count(len(edit.inputs), "input")
        return Content.styled(f"Changes {number} of Terraform ({edit.phases}); d shows them.", "$accent")

    def collect(self) -> Environment | None:
        """Return the environment with the form's answers; None where one is refused (the row says why)."""
        wrong = [row for row in self.rows.values() if row.display and not row.check()]
        if wrong:
            wrong[0].query_one("Input, Select").focus()
            return None
        try:
            return self.environment.with_answers(self._values(*_STEERING))
        except UsageError as error:
            self.query_one(".heading", Static).update(
                Content.styled(f"{error.what} {error.why} {error.next_step}", "bold $error")
            )
            self.query_one(VerticalScroll).scroll_home(animate=False)
            return None

    def saved(self, environment: Environment) -> None:
        """Take the environment as it was saved."""
        self.environment, self._is_saved = environment, True
        answers = environment.answers
        for name, row in self.rows.items():
            row.renew(answers[name])
        self.show()

    @on(FieldRow.Edited)
    def edited(self, event: FieldRow.Edited) -> None:
        """Another preset brings other defaults; another cloud other questions."""
        event.stop()
        answers = self._resolved()
        for name, row in self.rows.items():
            if name not in _STEERING:
                row.renew(answers[name])
        self.show()

    def _resolved(self) -> dict[str, Answer]:
        """Return the answers under the preset that stands in the form."""
        preset = self.rows["preset"].text
        if preset not in set(Preset):
            return self.environment.answers
        return SCHEMA.resolve(self.environment.given, Preset(preset), self.environment.detected)

    def _row(self, answer: Answer) -> FieldRow:
        return FieldRow(answer, self._draft.get(answer.field.name))

    def _draft_in(self, answers: list[Answer]) -> bool:
        return any(answer.field.name in self._draft for answer in answers)
