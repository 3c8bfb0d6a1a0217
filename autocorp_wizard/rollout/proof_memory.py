"""What was proven of an environment, kept so that a later rollout need not run every job again to say so.

An entry holds until something of its phase is changed; it belongs to one state (its lineage), so a new beginning
starts without any.
"""

import dataclasses
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.change import Change
from autocorp_wizard.core.followups import FOLLOW_UPS
from autocorp_wizard.core.phases import STAGES, Phase
from autocorp_wizard.core.proofs import Proven
from autocorp_wizard.rollout.context import Context, write_private

FILE_NAME: Final = "proofs.json"
_SILENT: Final = frozenset({ev.Action.NOOP, ev.Action.READ})
# A change of these alone alters nothing of how a thing works.
_COSMETIC: Final = frozenset({"tags", "tags_all"})


def remember(ctx: Context, proof: ev.ProofRecorded, lineage: str) -> None:
    """Keep a proof; what was not proven is forgotten instead."""
    entries = _read(ctx.folder)
    if proof.outcome == Proven.PROVEN:
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        kept = dataclasses.replace(proof, proven_at=at)
        entries[proof.subject] = {**dataclasses.asdict(kept), "lineage": lineage}
    else:
        entries.pop(proof.subject, None)
    _write(ctx.folder, entries)


def recall(ctx: Context, subject: str, lineage: str) -> ev.ProofRecorded | None:
    """Return what an earlier run proved under that name in this very state."""
    entry = dict(_read(ctx.folder).get(subject, {}))
    if not lineage or entry.pop("lineage", None) != lineage:
        return None
    try:
        details = entry.pop("details")
        texts = {name: str(value) for name, value in entry.items()}
        return ev.ProofRecorded(**texts, details=tuple(map(str, details)) if isinstance(details, list) else ())
    except (TypeError, KeyError):
        return None  # of another version: proven again


def forget(ctx: Context, changes: Iterable[Change]) -> None:
    """Forget what was proven of the phases that these changes touch; a changed tag touches nothing."""
    touched = {change.phase for change in changes if _matters(change)}
    forget_phases(ctx, (phase for phase in Phase if phase in touched))


def forget_phases(ctx: Context, phases: Iterable[Phase]) -> None:
    """Forget everything that was proven of these phases."""
    gone = frozenset(phases)
    stages = {stage.name for stage in STAGES if stage.phase in gone}
    entries = _read(ctx.folder)
    left = {name: entry for name, entry in entries.items() if _stage_of(name) not in stages}
    if left != entries:
        _write(ctx.folder, left)


def _matters(change: Change) -> bool:
    if change.action in _SILENT:
        return False
    paths = {attribute.path.replace("[", ".").split(".", 1)[0] for attribute in change.attributes}
    return change.action is not ev.Action.UPDATE or not paths or not paths <= _COSMETIC


def _stage_of(subject: str) -> str:
    return next((each.stage for each in FOLLOW_UPS if each.subject == subject), "")


def _read(folder: Path) -> dict[str, dict[str, object]]:
    try:
        raw = json.loads((folder / FILE_NAME).read_text())
    except (OSError, ValueError):
        return {}
    return {str(k): v for k, v in raw.items() if isinstance(v, dict)} if isinstance(raw, dict) else {}


def _write(folder: Path, entries: dict[str, dict[str, object]]) -> None:
    write_private(folder / FILE_NAME, json.dumps(entries, indent=1))
