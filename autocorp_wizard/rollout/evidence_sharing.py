"""The team's evidence: records and files are mirrored under `wizard/ENVIRONMENT/evidence/` in the state bucket.

Nothing is ever overwritten: every name carries the hash of its content, so both sides simply get what they lack.
"""

from dataclasses import dataclass
from typing import Final

from autocorp_wizard.adapters.evidence_store import EvidenceStore
from autocorp_wizard.rollout.state_store import ChangedMeanwhileError, StateStore

PREFIX: Final = "evidence/"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """How many records and files went each way."""

    sent: int = 0
    received: int = 0


def exchange(evidence: EvidenceStore, store: StateStore) -> Exchanged:
    """Send what the bucket lacks and fetch what is missing here; nothing where there is no bucket yet.

    Raises what AWS refuses, and EVIDENCE-CHANGED for a shared record that is not what its name says.
    """
    if not store.bucket_exists():
        return Exchanged()
    there = {name.removeprefix(PREFIX) for name in store.shared() if name.startswith(PREFIX)}
    here = evidence.names()
    sent = sorted(here - there)
    received = 0
    for name in sent:
        try:
            store.put_shared(PREFIX + name, evidence.read_raw(name))
        except ChangedMeanwhileError:
            # Somebody sent the same one at the same moment; what has this name has this content.
            continue
    for name in sorted(there - here):
        found = store.get_shared(PREFIX + name)
        if found is not None:
            evidence.take_over(name, found.body)
            received += 1
    return Exchanged(len(sent), received)
