"""Dialogs that ask for one text: a name, a file, a password, a word about a manual step."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from autocorp_wizard.core.checklist import Step
from autocorp_wizard.core.environment import name_problems
from autocorp_wizard.tui.screens.dialogs import Dialog
from autocorp_wizard.tui.words import printable

T = TypeVar("T")


class Question(Dialog[T]):
    """Base: some words, one field with the focus, a button that takes what stands in it, and Cancel.

    Subclasses yield their words in `explain` and judge the text in `answer`, which dismisses or complains.
    """

    FIELD: ClassVar[str] = ""
    """The id of the field."""
    ACCEPT: ClassVar[str] = "Go on"

    def __init__(self, title: str = "", *, text: str = "", placeholder: str = "", hidden: bool = False) -> None:
        super().__init__(title)
        self._text, self._placeholder, self._hidden = text, placeholder, hidden

    def explain(self) -> ComposeResult:
        """What is asked, and what becomes of it."""
        raise NotImplementedError

    def answer(self, text: str) -> None:
        """Dismiss with the answer, or complain."""
        raise NotImplementedError

    def compose_words(self) -> ComposeResult:
        """The words, and room for what is wrong."""
        yield from self.explain()
        yield Static("", id="problem")

    def compose_controls(self) -> ComposeResult:
        """The field and the buttons."""
        yield Input(
            self._text, placeholder=self._placeholder, password=self._hidden, id=self.FIELD or None, compact=True
        )
        with Horizontal(classes="buttons"):
            yield Button(self.ACCEPT, variant="primary", id="accept", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    def complain(self, text: str, style: str = "bold $error") -> None:
        """Say what is wrong, and stay."""
        self.query_one("#problem", Static).update(Content.styled(text, style))

    @on(Input.Submitted)
    @on(Button.Pressed, "#accept")
    def accept(self) -> None:
        """Judge what stands in the field."""
        self.answer(self.query_one(Input).value)


class NameDialog(Question[str | None]):
    """Asks for the name of a new environment."""

    TITLE_TEXT = "New environment"
    FIELD = "name"

    def __init__(self, taken: Sequence[str]) -> None:
        super().__init__(placeholder="dev")
        self._taken = taken

    def explain(self) -> ComposeResult:
        """Why the name matters."""
        yield Static("Its name becomes part of every name in AWS: 2 to 20 lower-case letters, digits and hyphens.")

    def answer(self, text: str) -> None:
        """Take the name, or say what is wrong with it."""
        name = text.strip()
        problems = name_problems(name)
        if problems:
            self.complain(f"{problems[0].what} {problems[0].why} {problems[0].remedy}")
        elif name in self._taken:
            self.complain(f"There is an environment {name} already; open it instead.")
        else:
            self.dismiss(name)


class FileDialog(Question[Path | None]):
    """Asks for a file to write; what exists is named before it is written over."""

    FIELD = "file"
    ACCEPT = "Write"

    def __init__(self, title: str, proposed: Path, words: str) -> None:
        super().__init__(title, text=str(proposed))
        self._words = words
        self._warned = ""

    def explain(self) -> ComposeResult:
        """What will be in it."""
        yield Static(self._words)

    def answer(self, text: str) -> None:
        """Take the file; one that exists wants a second yes."""
        text = text.strip()
        path = Path(text).expanduser()
        if text and path.exists() and self._warned != text:
            self._warned = text
            said = f"{path} is a folder." if path.is_dir() else f"{path.name} exists; Write again replaces it."
            self.complain(said, "bold $warning")
        elif text and not path.is_dir():
            self.dismiss(path)


class FolderDialog(Question[Path | None]):
    """Asks for a folder to write into; it is made where there is none."""

    FIELD = "folder"
    ACCEPT = "Write"

    def __init__(self, title: str, proposed: Path, words: str) -> None:
        super().__init__(title, text=str(proposed))
        self._words = words

    def explain(self) -> ComposeResult:
        """What will be in it."""
        yield Static(self._words)

    def answer(self, text: str) -> None:
        """Take the folder, unless a file has that name."""
        path = Path(text.strip()).expanduser()
        if text.strip() and path.exists() and not path.is_dir():
            self.complain(f"{path.name} is a file.")
        elif text.strip():
            self.dismiss(path)


class SecretDialog(Question[str | None]):
    """Asks for a password, hidden. The answer goes to the engine and is kept nowhere."""

    TITLE_TEXT = "Password of the source database"
    FIELD = "secret"

    def __init__(self, account: str) -> None:
        super().__init__(placeholder="password, hidden", hidden=True)
        self._account = account

    def explain(self) -> ComposeResult:
        """Where it goes."""
        yield Static(Content(f"This plan writes the secret that replication reads. Password of {self._account}:"))
        yield Static(
            Content.styled("It is not shown, not stored here, and never in plan, state, journal or log.", "$muted")
        )

    def answer(self, text: str) -> None:
        """Hand it over."""
        if text:
            self.dismiss(text)
        else:
            self.complain("The password is empty.")


# Before a command whose output is the evidence, as a shell's prompt shows it.
COMMAND_SIGN: Final = "$ "


class EvidenceDialog(Question[str | None]):
    """Asks for the evidence of a manual step that is done."""

    TITLE_TEXT = "Done"
    FIELD = "said"
    ACCEPT = "Claim it"

    def __init__(self, step: Step) -> None:
        super().__init__(placeholder="ticket 4711, route added by Kim")
        self._step = step

    def explain(self) -> ComposeResult:
        """What is wanted, and what becomes of it."""
        yield Static(Content.styled(printable(self._step.title), "bold"))
        yield Static(Content.assemble(("Evidence that is wanted: ", "$muted"), printable(self._step.evidence)))
        yield Static(
            Content.styled(
                f"A sentence, the name of a file (5 MB at most), or {COMMAND_SIGN}COMMAND, which is run here and whose "
                "output is kept. It reads claimed.",
                "$muted",
            )
        )

    def answer(self, text: str) -> None:
        """Take it, unless it says nothing."""
        if said := text.strip():
            self.dismiss(said)
        else:
            self.complain("Say what was done and where it can be seen.")


class ReasonDialog(Question[str | None]):
    """Asks for the reason why a manual step is not needed."""

    TITLE_TEXT = "Not needed here"
    FIELD = "said"
    ACCEPT = "Skip it"

    def __init__(self, step: Step) -> None:
        super().__init__(placeholder="why it is not needed here")
        self._step = step

    def explain(self) -> ComposeResult:
        """What becomes of it."""
        yield Static(Content.styled(printable(self._step.title), "bold"))
        yield Static("Skipped steps stay in the list with who skipped them and why.")

    def answer(self, text: str) -> None:
        """Take it, unless it says nothing."""
        if said := text.strip():
            self.dismiss(said)
        else:
            self.complain("Say why it is not needed.")
