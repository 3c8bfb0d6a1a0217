"""The top of a run: what it is, how far it is, how long it has taken, and when it last gave a sign of life."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class ProgressHeader(Widget):
    """Two to four rows. The bar is counted from the plan, so it never goes back and never ends early."""

    DEFAULT_CSS = """
    ProgressHeader { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    text: reactive[Content] = reactive(Content(""), layout=True)

    def render(self) -> Content:
        """The rows."""
        return self.text
