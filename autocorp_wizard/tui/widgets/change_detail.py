"""One change in full, beside the tree where there is room."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.tui.plan_rows import detail_of
from autocorp_wizard.tui.words import printable

_STYLES = {"dim": "$muted", "good": "$success", "warn": "$warning", "error": "$error", "": "", "accent": "$accent"}


class ChangeDetail(VerticalScroll, can_focus=False):
    """Sentence, reason, attributes."""

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static("Move to a change to see all of it here.", id="detail-text")

    def show(self, change: Change | None, risks: Sequence[Risk] = ()) -> None:
        """Show a change; None leaves the last one."""
        if change is None:
            return
        lines = [Content.styled(printable(change.sentence), "bold")]
        lines += [
            Content.assemble(*((text, _STYLES.get(tone, "")) for text, tone in parts))
            for parts in detail_of(change, risks)
        ]
        self.query_one("#detail-text", Static).update(Content("\n").join(lines))
        self.scroll_home(animate=False)
