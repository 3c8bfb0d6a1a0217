"""The footer: the actions of this screen with their keys, most useful first, as many as fit. Click works as well."""

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Button
from textual.widgets.button import ButtonVariant

from autocorp_wizard.tui.actions import BY_ID, Action, key_name

_GAP = 2
# Whoever is lost needs these two, so they never give way.
_ALWAYS = frozenset({"app.help", "app.back"})


def fitting(entries: Sequence[tuple[Action, str]], room: int) -> list[tuple[Action, str]]:
    """Return the entries that fit into `room` cells, chosen by use, in the order in which they are shown."""
    by_use = sorted(entries, key=lambda e: (e[0].id not in _ALWAYS, bool(e[1]), -e[0].weight))
    chosen: list[tuple[Action, str]] = []
    for action, reason in by_use:
        width = len(key_name(action.keys[0])) + 1 + len(action.title) + (_GAP if chosen else 0)
        if width <= room:
            room -= width
            chosen.append((action, reason))
    return sorted(chosen, key=lambda e: (e[0].scope == "app", bool(e[1]), -e[0].weight))


class ActionBar(Widget):
    """One row of `key title` pairs; what cannot be done now is dimmed and says why when tried."""

    DEFAULT_CSS = """
    ActionBar {
        height: 1; dock: bottom; background: $panel; color: $foreground; padding: 0 1; text-wrap: nowrap;
    }
    """

    entries: reactive[Sequence[tuple[Action, str]]] = reactive(())
    """Pairs of action and the reason why it cannot be done (empty when it can)."""

    def render(self) -> RenderResult:
        """What can be done before what cannot, the screen's own before what is everywhere; help always fits."""
        parts: list[Content] = []
        for action, reason in fitting(self.entries, self.content_size.width):
            key = key_name(action.keys[0])
            if parts:
                parts.append(Content(" " * _GAP))
            click = Style.from_meta({"@click": f"screen.act('{action.id}')"})
            label = Content.assemble((key, Style(bold=not reason)), " ", action.title)
            parts.append((label.stylize("$muted") if reason else label).stylize(click))
        return Content.assemble(*parts)


class ActionButton(Button):
    """A button that does an action of the table; its label may say more than the action's title."""

    DEFAULT_CSS = """
    ActionButton { width: auto; min-width: 12; margin: 0 1 0 0; }
    """

    def __init__(self, action_id: str, label: str = "", *, variant: ButtonVariant = "default") -> None:
        action = BY_ID[action_id]
        super().__init__(Content(label or action.title), variant=variant, compact=True, tooltip=action.help)
        self.action_id = action_id
        self.id = "button-" + action_id.replace(".", "-")
