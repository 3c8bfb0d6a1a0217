"""A manual step in the words of the screen: one line for the list, all of it for the reader. Pure functions."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from autocorp_wizard.core.checklist import Kind, Record, Standing, State, Step
from autocorp_wizard.tui.words import printable

GLYPHS: Final = {
    State.TODO: ("○", "$accent"),
    State.CLAIMED: ("◐", "$warning"),
    State.PROVEN: ("✓", "$success"),
    State.SKIPPED: ("-", "$muted"),
    State.EXPIRED: ("!", "bold $warning"),
}
_KINDS: Final = {
    Kind.PROVEN: "seen by the wizard",
    Kind.REFUTED: "looked at: not so",
    Kind.CLAIMED: "claimed",
    Kind.SKIPPED: "skipped",
}


def line_of(found: Standing) -> Content:
    """Return a step as the list shows it."""
    glyph, style = GLYPHS[found.state]
    word = "" if found.state is State.TODO else f"  {found.state.value}"
    return Content.assemble((f"{glyph} ", style), printable(found.step.title), (word, "$muted"))


def detail_of(step: Step, found: Standing, history: Sequence[Record], *, looking: bool) -> Content:
    """Return a step in full: whose, where, why, values, what to do, proof, and what was recorded, newest first."""
    glyph, style = GLYPHS[found.state]
    parts: list[str | tuple[str, str]] = [
        (f"{glyph} {found.state.value}  ", style),
        (printable(step.title), "bold"),
    ]
    if looking:
        parts.append(("\nThe wizard is looking ...", "$accent"))
    if history:
        parts.append((f"\n{_said(history[-1])}", "$warning" if found.refuted is not None else ""))
    again = f"every {step.expires_days} days" if step.expires_days else ""
    rows = (("Who", step.who.value), ("Where", step.where), ("Why", step.why), ("Again", again))
    parts += [part for name, text in rows if text for part in ((f"\n{name}: ", "$muted"), printable(text))]
    if step.values:
        parts.append(("\n\nValues", "bold"))
        parts += [
            part for name, text in step.values.items() for part in ((f"\n{name}\n", "$muted"), f"  {printable(text)}")
        ]
    if step.instructions:
        parts.append(("\n\nWhat to do", "bold"))
        parts += [f"\n{number}. {printable(text)}" for number, text in enumerate(step.instructions, 1)]
    for each in step.commands:
        parts.append((f"\n\n{printable(each.what)} ({each.language})", "bold"))
        parts += [f"\n  {printable(line)}" for line in each.text.rstrip().splitlines()]
    proof = "the wizard can look (Verify)" if step.has_probe else printable(step.evidence)
    parts += [("\n\nProof: ", "bold"), proof]
    if len(history) > 1:
        parts.append(("\n\nRecorded before", "bold"))
    parts += [f"\n{_said(record)}" for record in reversed(history[:-1])]
    return Content.assemble(*parts)


def _said(record: Record) -> str:
    text = f": {printable(record.text)}" if record.text else ""
    return f"{record.at:%Y-%m-%d %H:%M} {_KINDS[record.kind]}, by {printable(record.who)}{text}"
