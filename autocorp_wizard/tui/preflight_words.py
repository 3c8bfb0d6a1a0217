"""A preflight's result as the screen shows it."""

from textual.content import Content

from autocorp_wizard.core.preflight.formats import MARKS, helps
from autocorp_wizard.core.preflight.record import Result, Status
from autocorp_wizard.tui.words import printable

_STYLES = {
    Status.PASS: "$success",
    Status.WARN: "$warning",
    Status.FAIL: "bold $error",
    Status.INCONCLUSIVE: "$warning",
    Status.SKIP: "$muted",
    Status.WAIVED: "$muted",
}


def line_of(result: Result) -> Content:
    """Return the check's line in the list: mark and id."""
    return Content.assemble((f"{MARKS[result.status]:<3}", _STYLES[result.status]), result.check.id)


def detail_of(result: Result) -> Content:
    """Return everything that a check says: what it saw, what helps, and what that proves."""
    check, seen = result.check, result.seen
    parts: list[str | tuple[str, str]] = [
        (f"{result.status.value}  ", _STYLES[result.status]),
        (check.title, "bold"),
        f"\n{printable(seen.summary)}",
    ]
    if result.waiver:
        parts.append((f"\nWaived by {result.waiver.by} until {result.waiver.until}: {result.waiver.reason}", "$muted"))
    parts += [(f"\n  {printable(each)}", "$muted") for each in seen.findings]
    wanted = list(helps(result))
    if wanted:
        parts.append(("\n\nWhat helps", "bold"))
        parts += [f"\n- {printable(each)}" for each in wanted]
    parts.append((f"\n\nfrom {check.vantage.value}, {result.seconds * 1000:.0f} ms", "$muted"))
    if check.proves:
        parts.append((f"\nproves {check.proves}", "$muted"))
    if check.does_not_prove:
        parts.append((f"\ndoes not prove {check.does_not_prove}", "$muted"))
    return Content.assemble(*parts)
