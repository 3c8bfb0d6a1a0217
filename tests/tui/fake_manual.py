"""Manual steps with evidence in memory: what the screen is given instead of a home and a cloud."""

from dataclasses import dataclass
from datetime import timedelta

from autocorp_wizard.adapters.checklist_files import packaged_checklists, read_checklists
from autocorp_wizard.core.checklist import Kind, Names, Record, Standing, Step, standing
from tests.tui.handmade import NOW


@dataclass(frozen=True)
class FakeFinding:
    """What a look found."""

    holds: bool | None
    sentence: str


class FakeManual:
    """The packaged checklists with evidence in memory; `finds` is what a look finds."""

    def __init__(self) -> None:
        self.checklists = read_checklists(packaged_checklists())
        self.kept: list[Record] = []
        self.finds = FakeFinding(True, "Seen.")
        self.exchanged = 0

    @property
    def names(self) -> Names:
        """Values of this environment."""
        return Names({"project_name": "autocorp", "environment": "rehearsal"}, {})

    def records(self) -> list[Record]:
        """What was recorded."""
        return self.kept

    def _keep(self, step: Step, kind: Kind, text: str) -> Standing:
        moment = NOW + timedelta(seconds=len(self.kept))
        self.kept.append(Record(f"r{len(self.kept)}", step.id, kind, moment, "kim@desk", text))
        return standing(step, self.kept, moment)

    def verify(self, step: Step) -> FakeFinding:
        """Look."""
        if self.finds.holds is not None:
            self._keep(step, Kind.PROVEN if self.finds.holds else Kind.REFUTED, self.finds.sentence)
        return self.finds

    def claim(self, step: Step, given: str) -> Standing:
        """Somebody says so."""
        return self._keep(step, Kind.CLAIMED, given)

    def claim_by_output(self, step: Step, command: str) -> Standing:
        """A command says so."""
        return self._keep(step, Kind.CLAIMED, f"output of {command}")

    def skip(self, step: Step, reason: str) -> Standing:
        """Not needed."""
        return self._keep(step, Kind.SKIPPED, reason)

    def exchange(self) -> None:
        """Share."""
        self.exchanged += 1
