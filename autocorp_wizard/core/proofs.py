"""What a follow-up of a stage proved: a value with its evidence, or a plain word that it is not proven here."""

from dataclasses import dataclass
from enum import StrEnum


class Proven(StrEnum):
    """How far something was proven; a failure is no proof but an error."""

    PROVEN = "proven"
    NOT_HERE = "not-proven-here"


@dataclass(frozen=True, slots=True)
class Proof:
    """One result. `subject` names the follow-up (`full-load`), `details` hold one line per object (rows per table)."""

    subject: str
    proven: Proven
    sentence: str
    details: tuple[str, ...] = ()
