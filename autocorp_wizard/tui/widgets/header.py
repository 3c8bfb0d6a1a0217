"""The line that is on every screen at every size: which environment this is, and whether it is production."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from autocorp_wizard.tui.overview import Overview


class IdentityHeader(Widget):
    """Environment, preset and place in one row. Production is said in words, not only in colour."""

    DEFAULT_CSS = """
    IdentityHeader {
        height: 1; dock: top; background: $panel; color: $foreground; padding: 0 1; text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-production { background: $error; color: $background; text-style: bold; }
    }
    """

    overview: reactive[Overview | None] = reactive(None)
    place = reactive("")

    def watch_overview(self, overview: Overview | None) -> None:
        """Colour production."""
        self.set_class(overview is not None and overview.production, "-production")

    def render(self) -> Content:
        """The row; the name comes first, so that a narrow screen cuts the rest."""
        overview = self.overview
        if overview is None or not overview.environment:
            return Content.assemble(("AutoCorp Wizard", "bold"), "  ", (self.place, "dim"))
        words = ["PRODUCTION "] if overview.production else []
        parts = [overview.preset and f"{overview.preset} preset", overview.place]
        return Content.assemble(
            ("".join(words), "bold"),
            (overview.environment, "bold underline"),
            ("  " + self.place if self.place else "", ""),
            ("  " + " · ".join(part for part in parts if part), "dim"),
        )
