"""The end of a run: success only with its proof; a failure leads with the line that matters and what to do next."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.runstate import RunState
from autocorp_wizard.tui.resources import kinds_of
from autocorp_wizard.tui.verdict import Verdict
from autocorp_wizard.tui.words import cut, plain, printable

_MARKS = {"good": ("✓ ", "$success"), "warn": ("! ", "$warning"), "error": ("✗ ", "$error")}
_KINDS = 4
_OUTPUTS = 3
_SHORT = 90
_EMPTY = frozenset({"", "null", "(none)"})


class OutcomeCard(Widget):
    """A bordered card; the border repeats in colour what the first words say."""

    DEFAULT_CSS = """
    OutcomeCard {
        height: auto; max-height: 60%; border: round $edge; padding: 0 1; margin: 0 0 0 0; overflow-y: auto;
        &.-good { border: round $success; } &.-warn { border: round $warning; } &.-error { border: heavy $error; }
    }
    """

    text: reactive[Content] = reactive(Content(""), layout=True)

    def show(self, verdict: Verdict, state: RunState) -> None:
        """Show how a run ended."""
        self.set_classes(f"-{verdict.tone}")
        mark, colour = _MARKS[verdict.tone]
        rows = [Content.assemble((mark, f"bold {colour}"), (_flat(verdict.title), f"bold {colour}"))]
        rows += [Content(_flat(line)) for line in verdict.lines]
        if verdict.is_proven_success and state.operation in {"apply", "destroy"}:
            kinds = kinds_of(state)
            told = ", ".join(f"{number} {kind}" for kind, number in kinds[:_KINDS])
            more = f" and {len(kinds) - _KINDS} more kinds" if len(kinds) > _KINDS else ""
            if told:
                rows.append(Content.styled(f"{told}{more}.", "$muted"))
            rows += _outputs(state)
        if verdict.next_step:
            rows.append(Content.assemble(("Next: ", "bold"), _flat(verdict.next_step)))
        self.text = Content("\n").join(rows)

    def render(self) -> Content:
        """The card."""
        return self.text


def _outputs(state: RunState) -> list[Content]:
    """The first outputs; all of them stand on the phase's page."""
    told = [(name, plain(value)) for name, value in sorted(state.outputs.items()) if plain(value) not in _EMPTY]
    told.sort(key=lambda pair: len(pair[1]) > _SHORT)
    rows = [Content.assemble((f"{name}  ", "$muted"), cut(value, _SHORT)) for name, value in told[:_OUTPUTS]]
    if len(told) > _OUTPUTS:
        rows.append(Content.styled(f"and {len(told) - _OUTPUTS} more outputs, on the phase's page.", "$muted"))
    return rows


def error_words(error: WizardError) -> Content:
    """Return an error as a card says it: what, why, what next, and its code to look it up by."""
    rows = [Content.styled(_flat(error.what), "bold $error")]
    if error.why:
        rows.append(Content.assemble(("Why: ", "bold"), _flat(error.why)))
    if error.next_step:
        rows.append(Content.assemble(("Next: ", "bold"), _flat(error.next_step)))
    rows.append(Content.styled(error.code, "$muted"))
    return Content("\n").join(rows)


def _flat(text: str) -> str:
    return printable(text)
