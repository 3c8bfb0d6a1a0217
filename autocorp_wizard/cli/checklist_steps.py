"""What the checklist commands share: the steps, their standing, the evidence of an environment, and its exchange."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from autocorp_wizard.adapters.checklist_files import packaged_checklists, read_checklists
from autocorp_wizard.adapters.evidence_store import EvidenceStore
from autocorp_wizard.adapters.person import who
from autocorp_wizard.cli import passwords, targets
from autocorp_wizard.core.checklist import Checklist, Names, Record, Standing, Step, standing
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.redaction import Redactor
from autocorp_wizard.core.status import stamp

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.core.environment import Environment
    from autocorp_wizard.operate.look import Look


@dataclass
class Steps:
    """The checklists of one environment."""

    settings: "Settings"

    @cached_property
    def environment(self) -> "Environment":
        """The environment meant."""
        return targets.load(self.settings)

    @cached_property
    def checklists(self) -> tuple[Checklist, ...]:
        """All checklists, in order."""
        return read_checklists(packaged_checklists())

    @cached_property
    def evidence(self) -> EvidenceStore:
        """The environment's evidence; what could be a password is struck out of it."""
        secrets = [
            *passwords.ambient(self.settings, self.environment).values(),
            self.settings.environ.get("PGPASSWORD", ""),
        ]
        if self.environment.source_is_built_in:
            from autocorp_wizard.rollout.source import password_on_file

            secrets.append(password_on_file(self.settings.home))
        folder = self.settings.home.environment_dir(self.environment.name) / "evidence"
        return EvidenceStore(folder, Redactor(each for each in secrets if each))

    @cached_property
    def look(self) -> "Look":
        """The way to look at the environment, with the outputs of its state."""
        from autocorp_wizard.operate.observing import with_state
        from autocorp_wizard.rollout.looking import look_at, remembered

        ambient = passwords.ambient(self.settings, self.environment)
        look = look_at(
            self.environment,
            self.settings.home,
            self.settings.console.detail,
            lambda: ambient.get(passwords.PASSWORD, ""),
        )
        return with_state(look, remembered(self.settings.home, self.environment.name))

    @cached_property
    def names(self) -> Names:
        """What templates are filled from, as far as this machine knows."""
        from autocorp_wizard.rollout.looking import remembered, template_values

        outputs = remembered(self.settings.home, self.environment.name).get("outputs")
        return Names(template_values(self.environment), outputs if isinstance(outputs, dict) else {})

    def step(self, step_id: str) -> Step:
        """Return a step by its id. Raises STEP-UNKNOWN with the nearest."""
        steps = {step.id: step for checklist in self.checklists for step in checklist.steps}
        if step_id in steps:
            return steps[step_id]
        near = get_close_matches(step_id, steps, n=1, cutoff=0.4)
        raise UsageError(
            "STEP-UNKNOWN",
            f"There is no step {step_id!r}.",
            why=f"The nearest one is {near[0]!r}." if near else "",
            next_step="List them with: autocorp-wizard checklist list",
        )

    def standing(self, step: Step) -> Standing:
        """Return where a step stands now."""
        return standing(step, self.evidence.records(), datetime.now(UTC))

    def standings(self) -> Iterator[tuple[Checklist, Standing]]:
        """Yield every step with where it stands."""
        records, now = self.evidence.records(), datetime.now(UTC)
        for checklist in self.checklists:
            for step in checklist.steps:
                yield checklist, standing(step, records, now)

    def exchange(self) -> None:
        """Share the evidence with the team; where that fails, what was recorded here stands, and a hint says why."""
        from autocorp_wizard.core.bootstrap import StatePlace
        from autocorp_wizard.rollout.evidence_sharing import exchange
        from autocorp_wizard.rollout.state_store import StateStore

        try:
            store = StateStore(self.look.access, StatePlace.of(self.environment))
            exchanged = exchange(self.evidence, store)
        except WizardError as error:
            self.settings.console.hint(f"The evidence was not shared with the team: {error.what}")
            return
        if exchanged.received:
            self.settings.console.hint(f"{exchanged.received} records and files of others were fetched.")

    def exchange_if_deployed(self) -> None:
        """Fetch what others recorded, where there is a deployment that they could share."""
        applied = self.settings.home.environment_dir(self.environment.name) / "applied.json"
        if applied.is_file() or not self.environment.is_rehearsal:
            self.exchange()


def record_document(record: Record | None) -> dict[str, Json] | None:
    """Return a record as the JSON documents print it."""
    if record is None:
        return None
    file: Json = None
    if record.file is not None:
        file = {"name": record.file.name, "sha256": record.file.sha256, "size": record.file.size}
    return {
        "id": record.id,
        "kind": record.kind.value,
        "at": stamp(record.at),
        "who": record.who,
        "text": record.text,
        "probe": record.probe or None,
        "details": list[Json](record.details),
        "file": file,
    }


def standing_document(found: Standing) -> dict[str, Json]:
    """Return a step's standing as the JSON documents print it."""
    return {
        "step": found.step.id,
        "title": found.step.title,
        "phase": found.step.phase.value,
        "who": found.step.who.value,
        "verify": found.step.verify,
        "state": found.state.value,
        "until": stamp(found.until),
        "record": record_document(found.record),
        "refuted": record_document(found.refuted),
    }


__all__ = ["Steps", "record_document", "standing_document", "who"]
