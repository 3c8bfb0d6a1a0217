"""The command palette over the table of actions: every action is found, and says why when it cannot be done."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from autocorp_wizard.tui.actions import Action, key_name
from autocorp_wizard.tui.screens.base import WizardScreen


class ActionCommands(Provider):
    """The actions of the screen in front."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action, text, owner in self._all():
            yield DiscoveryHit(self._title(action), partial(owner.perform, action.id), help=text)

    async def search(self, query: str) -> Hits:
        """Those whose title or help fits."""
        matcher = self.matcher(query)
        for action, text, owner in self._all():
            title = self._title(action)
            score = max(matcher.match(title), matcher.match(action.help) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(title), partial(owner.perform, action.id), help=text)

    def _all(self) -> list[tuple[Action, str, WizardScreen]]:
        screen = self.screen
        if not isinstance(screen, WizardScreen):
            return []
        facts = screen.facts()
        found = []
        for action in screen.own_actions():
            if action.id in {"app.palette", "steps.jump"}:
                continue
            reason = action.reason(facts)
            found.append((action, f"Not now: {reason}" if reason else action.help, screen))
        return found

    def _title(self, action: Action) -> str:
        return f"{action.title} ({key_name(action.keys[0])})"
