"""What belongs to a stage beside its plan, as data: what is prepared before, what is proven after, what nobody shows.

Which function does the work is known to rollout/proving.py alone, so that faces can name these without loading it.
"""

from dataclasses import dataclass

from autocorp_wizard.core.proofs import Proof, Proven


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One piece of work of a stage; `subject` names it in the journal, `sentence` says what it shows."""

    stage: str
    subject: str
    sentence: str


PREPARATIONS: tuple[FollowUp, ...] = (FollowUp("datasync", "agent", "The DataSync agent is activated where none is"),)

FOLLOW_UPS: tuple[FollowUp, ...] = (
    FollowUp("glue", "first-job-runs", "Every job runs once"),
    FollowUp("dms", "connection-test", "Replication reaches the source and the bucket"),
    FollowUp("dms-start", "full-load", "Every table is loaded"),
    FollowUp("datasync", "first-transfer", "The exports are transferred once and verified"),
)


@dataclass(frozen=True, slots=True)
class Unproven:
    """What a stage leads to and no rollout shows yet; `on_rehearsal` and `on_aws` say why, and how it is seen."""

    stage: str
    subject: str
    on_rehearsal: str
    on_aws: str


UNPROVEN: tuple[Unproven, ...] = (
    Unproven(
        "dms-start",
        "tables-in-lake",
        "That tables appear in the lake: the rehearsal does not move rows from the raw files into tables yet.",
        "That tables appear in the lake: the scheduled refresh writes them; look in Athena after its next run.",
    ),
)


def preparations_of(stage: str) -> tuple[FollowUp, ...]:
    """Return what is done before a stage is planned, in order."""
    return tuple(each for each in PREPARATIONS if each.stage == stage)


def follow_ups_of(stage: str) -> tuple[FollowUp, ...]:
    """Return what is done after a stage was applied, in order."""
    return tuple(each for each in FOLLOW_UPS if each.stage == stage)


def unproven_of(stage: str, *, rehearsal: bool) -> tuple[Proof, ...]:
    """Return what must be said to be not proven once a stage is done."""
    return tuple(
        Proof(each.subject, Proven.NOT_HERE, each.on_rehearsal if rehearsal else each.on_aws)
        for each in UNPROVEN
        if each.stage == stage
    )
