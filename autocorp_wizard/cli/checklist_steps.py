"""The checklists as the command line knows them: of the environment that is meant, and as JSON documents."""

from typing import TYPE_CHECKING

from autocorp_wizard.cli import targets
from autocorp_wizard.core.checklist import Record, Standing
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.status import stamp

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.rollout.manual_steps import ManualSteps


def open_steps(settings: "Settings") -> "ManualSteps":
    """Return the manual steps of the environment that is meant."""
    from autocorp_wizard.rollout.manual_steps import ManualSteps

    return ManualSteps(targets.load(settings), settings.home, settings.console.detail, settings.console.hint)


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
