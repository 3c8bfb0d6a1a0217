"""Dialogs that ask for one text: a name, a file, a password."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from autocorp_wizard.core.environment import name_problems
from autocorp_wizard.tui.screens.dialogs import Dialog


class NameDialog(Dialog[str | None]):
    """Asks for the name of a new environment."""

    TITLE_TEXT = "New environment"

    def __init__(self, taken: Sequence[str]) -> None:
        super().__init__()
        self._taken = taken

    def compose_words(self) -> ComposeResult:
        """Why the name matters."""
        yield Static("Its name becomes part of every name in AWS: 2 to 20 lower-case letters, digits and hyphens.")
        yield Static("", id="problem")

    def compose_controls(self) -> ComposeResult:
        """The name."""
        yield Input(placeholder="dev", id="name", compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Go on", variant="primary", id="accept", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#accept")
    def accept(self) -> None:
        """Take the name, or say what is wrong with it."""
        name = self.query_one(Input).value.strip()
        problems = name_problems(name)
        text = f"{problems[0].what} {problems[0].why} {problems[0].remedy}" if problems else ""
        if not text and name in self._taken:
            text = f"There is an environment {name} already; open it instead."
        if text:
            self.query_one("#problem", Static).update(Content.styled(text, "bold $error"))
        else:
            self.dismiss(name)

    @on(Button.Pressed, "#cancel")
    def refuse(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class FileDialog(Dialog[Path | None]):
    """Asks for a file to write; what exists is named before it is written over."""

    def __init__(self, title: str, proposed: Path, words: str) -> None:
        super().__init__()
        self._title, self._proposed, self._words = title, proposed, words
        self._warned = ""

    def compose_words(self) -> ComposeResult:
        """What will be in it."""
        yield Static(self._words)
        yield Static("", id="problem")

    def compose_controls(self) -> ComposeResult:
        """The file."""
        yield Input(str(self._proposed), id="file", compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Write", variant="primary", id="accept", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#box").border_title = self._title
        self.query_one(Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#accept")
    def accept(self) -> None:
        """Take the file; one that exists wants a second yes."""
        text = self.query_one(Input).value.strip()
        path = Path(text).expanduser()
        if text and path.exists() and self._warned != text:
            self._warned = text
            said = f"{path} is a folder." if path.is_dir() else f"{path.name} exists; Write again replaces it."
            self.query_one("#problem", Static).update(Content.styled(said, "bold $warning"))
        elif text and not path.is_dir():
            self.dismiss(path)

    @on(Button.Pressed, "#cancel")
    def refuse(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class SecretDialog(Dialog[str | None]):
    """Asks for a password, hidden. The answer goes to the engine and is kept nowhere."""

    TITLE_TEXT = "Password of the source database"

    def __init__(self, account: str) -> None:
        super().__init__()
        self._account = account

    def compose_words(self) -> ComposeResult:
        """Where it goes."""
        yield Static(Content(f"This plan writes the secret that replication reads. Password of {self._account}:"))
        yield Static(
            Content.styled("It is not shown, not stored here, and never in plan, state, journal or log.", "dim")
        )
        yield Static("", id="problem")

    def compose_controls(self) -> ComposeResult:
        """The hidden field."""
        yield Input(password=True, placeholder="password, hidden", id="secret", compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Go on", variant="primary", id="accept", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#accept")
    def accept(self) -> None:
        """Hand it over."""
        value = self.query_one(Input).value
        if value:
            self.dismiss(value)
        else:
            self.query_one("#problem", Static).update(Content.styled("The password is empty.", "bold $error"))

    @on(Button.Pressed, "#cancel")
    def refuse(self) -> None:
        """Answer nothing."""
        self.dismiss(None)
