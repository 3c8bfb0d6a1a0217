"""Questions to the person at the keyboard. Where nobody can answer, the option that would have is named; exit 2."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from autocorp_wizard.core.errors import InterruptedByUser, UsageError

if TYPE_CHECKING:
    from questionary import Question, Style

    from autocorp_wizard.cli.settings import Settings

# What a validator returns: True, or the sentence that says what is wrong.
Validate = Callable[[str], bool | str]


def need_person(settings: "Settings", what: str, option: str) -> None:
    """Return where a person can be asked; raise the sentence that names the option where not."""
    if not settings.can_ask:
        raise UsageError(
            "QUESTION-UNANSWERED",
            what,
            why="There is no terminal to ask on." if not settings.json else "With --json nobody is asked.",
            next_step=f"Answer it with: {option}",
        )


def confirm(settings: "Settings", question: str, *, option: str = "--yes", default: bool = False) -> bool:
    """Ask yes or no; --yes answers yes. Not for questions of safety."""
    if settings.yes:
        return True
    need_person(settings, question, option)
    import questionary

    return bool(_ask(questionary.confirm(question, default=default, style=_style(settings))))


def typed_name(settings: "Settings", question: str, name: str, given: str) -> bool:
    """Have the environment's name typed, for what loses data; only --confirm NAME answers in its place."""
    if given:
        if given != name:
            raise UsageError(
                "CONFIRM-MISMATCH",
                f"--confirm says {given!r}, but the environment is {name!r}.",
                next_step=f"Where that is meant: --confirm {name}",
            )
        return True
    need_person(settings, question, f"--confirm {name}")
    import questionary

    answer = _ask(questionary.text(f"{question} Type {name} to go on, nothing to stop:", style=_style(settings)))
    return str(answer).strip() == name


def text(settings: "Settings", question: str, *, default: str, validate: Validate, option: str) -> str:
    """Ask for a line of text."""
    need_person(settings, question, option)
    import questionary

    return str(_ask(questionary.text(question, default=default, validate=validate, style=_style(settings))))


def choice(
    settings: "Settings", question: str, choices: Sequence[tuple[str, str]], *, default: str, option: str
) -> str:
    """Ask for one of several values, each shown with a sentence."""
    need_person(settings, question, option)
    import questionary

    entries = [questionary.Choice(sentence, value=value) for value, sentence in choices]
    return str(_ask(questionary.select(question, choices=entries, default=default, style=_style(settings))))


def hidden(settings: "Settings", question: str, *, option: str) -> str:
    """Ask for a secret; nothing is echoed."""
    need_person(settings, question, option)
    import questionary

    return str(_ask(questionary.password(question, style=_style(settings))))


def _style(settings: "Settings") -> "Style | None":
    import questionary

    if not settings.no_color and not settings.environ.get("NO_COLOR"):
        return None
    return questionary.Style([(part, "") for part in ("qmark", "question", "answer", "pointer", "highlighted")])


def _ask(question: "Question") -> object:
    try:
        answer: object = question.unsafe_ask()
    except (KeyboardInterrupt, EOFError):
        raise InterruptedByUser(
            "INTERRUPTED", "Nothing was answered and nothing was changed.", next_step="Run the command again."
        ) from None
    return answer
