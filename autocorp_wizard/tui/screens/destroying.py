"""The questions before a destroy: which phases, what goes with them by name, and the environment's name, typed."""

from typing import TYPE_CHECKING

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui import requests
from autocorp_wizard.tui.overview import Overview
from autocorp_wizard.tui.screens.choose import ChooseDialog
from autocorp_wizard.tui.screens.dialogs import ConfirmName
from autocorp_wizard.tui.words import count

if TYPE_CHECKING:
    from autocorp_wizard.tui.app import WizardApp


class Destroying:
    """Asks on behalf of a screen that shows `here` (None: no phase) of an environment."""

    def __init__(self, wizard: "WizardApp", overview: Overview, here: Phase | None) -> None:
        self._wizard, self._overview, self._here = wizard, overview, here

    async def ask(self) -> Request | None:
        """Return what was confirmed with the name; None where the person went back."""
        name = self._overview.environment
        first = await self._first_to_go()
        if first is None:
            return None
        words = "" if first is Phase.FOUNDATION else f"{first.value} and what follows it in "
        typed = await self._wizard.push_screen_wait(
            ConfirmName(
                name,
                title=f"Destroy {words}{name}",
                verb="destroy",
                losses=await self._losses(first),
                production=self._overview.production,
            )
        )
        return requests.destroy(name, first, typed) if typed else None

    async def _first_to_go(self) -> Phase | None:
        """Ask which phases go, where the one that is shown stands on others."""
        here, overview = self._here, self._overview
        if here is None or here is Phase.FOUNDATION or here not in overview.phases:
            return Phase.FOUNDATION
        later = [phase.value for phase in here.later if phase in overview.phases]
        only = f"{here.value} and {', '.join(later)}, which follow it" if later else f"only {here.value}"
        choices = [("This phase", only), ("Everything", f"all of {overview.environment}")]
        picked = await self._wizard.push_screen_wait(ChooseDialog("Destroy which?", choices))
        return None if picked is None else here if picked == 0 else Phase.FOUNDATION

    async def _losses(self, first: Phase) -> list[str]:
        """Return what goes, data first and by name; where that cannot be read, say so instead of nothing."""
        session, overview = self._wizard.session, self._overview
        look, said = session.losses, list[str]()
        if look is None:
            said.append(f"{count(overview.resources, 'resource')} of {', '.join(overview.phases)}, with their data")
        else:
            environment = session.environment(overview.environment)
            try:
                found = await session.ask(lambda: look(environment, first))
            except WizardError as error:
                said.append(f"What exactly goes could not be read: {error.what}")
            else:
                said += found.contents
                said += [f"{address}: {what}" for address, what in found.holding]
                modules = ", ".join(f"{module} {number}" for module, number in found.modules)
                said.append(f"{count(found.total, 'resource')} in all: {modules}")
        if first is Phase.FOUNDATION:
            said.append("secret and keys can be restored for some days; the state bucket and its backups stay")
        return [*said, f"in {overview.place}"]
