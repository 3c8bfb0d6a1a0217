"""The line that is on every screen at every size: which environment this is, and whether it is production."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from autocorp_wizard.tui.overview import Overview
    from autocorp_wizard.tui.session import Seen


@dataclass(frozen=True, slots=True)
class Chip:
    """Who works here: the identity in words with the time that is left, and what is wrong with it."""

    who: str = ""
    warning: str = ""

    @classmethod
    def of(cls, seen: "Seen", overview: "Overview", now: datetime) -> "Chip":
        """Return the chip of an environment whose runs tell how long one usually takes."""
        from autocorp_wizard.tui.words import printable

        if seen.problem:
            return cls(warning=printable(seen.problem))
        if seen.identity is None:
            return cls()
        left, usual = seen.identity.minutes_left(now), overview.usual_minutes
        ends = "" if left is None else f", {left} min left"
        short = left is not None and left < usual
        warning = f"credentials end in {left} min, a run takes {usual}" if short else ""
        return cls(printable(seen.identity.name) + ends, warning)


class IdentityHeader(Widget):
    """Environment, preset and place in one row. Production is said in words, not only in colour."""

    DEFAULT_CSS = """
    IdentityHeader {
        height: 1; dock: top; background: $panel; color: $foreground; padding: 0 1; text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-production { background: $error; color: $background; text-style: bold; }
    }
    """

    overview: "reactive[Overview | None]" = reactive(None)
    place = reactive("")
    chip: reactive[Chip] = reactive(Chip())

    def watch_overview(self, overview: "Overview | None") -> None:
        """Colour production."""
        self.set_class(overview is not None and overview.production, "-production")

    def render(self) -> Content:
        """The row; the name comes first, so that a narrow screen cuts the rest."""
        overview = self.overview
        if overview is None or not overview.environment:
            return Content.assemble(("AutoCorp Wizard", "bold"), "  ", (self.place, "$muted"))
        words = ["PRODUCTION "] if overview.production else []
        parts = [overview.preset and f"{overview.preset} preset", overview.place, self.chip.who]
        warning = f"  ! {self.chip.warning}" if self.chip.warning else ""
        return Content.assemble(
            ("".join(words), "bold"),
            (overview.environment, "bold underline"),
            ("  " + self.place if self.place else "", ""),
            # What keeps a run from coming to its end stands before what is merely good to know.
            (warning, "bold" if overview.production else "bold $warning"),
            ("  " + " · ".join(part for part in parts if part), "" if overview.production else "$muted"),
        )
