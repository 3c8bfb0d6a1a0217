"""A journal played again: its events come as they came, by a clock that can be sped up, slowed down and stopped."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from autocorp_wizard.core.events import Envelope

SPEEDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 1000.0)
_BEGIN: Final = 10.0


class Replay:
    """Gives out `envelopes` (in the order of their journal) as a tail of a run would.

    `clock` counts real seconds; the replay's own time stands in `now`.
    """

    def __init__(self, envelopes: Sequence[Envelope], clock: Callable[[], float], *, speed: float = _BEGIN) -> None:
        self._envelopes = envelopes
        self._clock = clock
        self._given = 0
        self._at = envelopes[0].at if envelopes else datetime.min.replace(tzinfo=UTC)
        self._seen = clock()
        self.speed = speed
        self.paused = False

    @property
    def now(self) -> datetime:
        """The time that the replay has come to."""
        moment = self._clock()
        if not self.paused:
            self._at += timedelta(seconds=(moment - self._seen) * self.speed)
        self._seen = moment
        end = self._envelopes[-1].at if self._envelopes else self._at
        self._at = min(self._at, end)
        return self._at

    @property
    def is_over(self) -> bool:
        """Whether all of it was given out."""
        return self._given >= len(self._envelopes)

    def read(self) -> list[Envelope]:
        """Return what has come since the last call."""
        now, first = self.now, self._given
        while self._given < len(self._envelopes) and self._envelopes[self._given].at <= now:
            self._given += 1
        return list(self._envelopes[first : self._given])

    def faster(self) -> float:
        """One step faster; return the new speed."""
        return self._step(1)

    def slower(self) -> float:
        """One step slower; return the new speed."""
        return self._step(-1)

    def pause(self) -> bool:
        """Stop, or go on; return whether it stands still now."""
        _ = self.now  # what has passed until now counts
        self.paused = not self.paused
        return self.paused

    def _step(self, by: int) -> float:
        _ = self.now
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.speed))
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, nearest + by))]
        return self.speed
