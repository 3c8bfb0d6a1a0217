"""What a probe of a checklist found: yes, no, or that nobody could look."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`holds` is None where nothing could be told; `details` hold one line per thing that was looked at."""

    holds: bool | None
    sentence: str
    details: tuple[str, ...] = ()
