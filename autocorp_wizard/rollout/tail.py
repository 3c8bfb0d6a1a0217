"""Following a run: its events as they come, a rollout's children told at the place where they happened."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from autocorp_wizard.adapters import lease
from autocorp_wizard.adapters.journal import JournalReader
from autocorp_wizard.adapters.run_store import RunFiles
from autocorp_wizard.core.events import ChildStarted, Envelope, RunFinished


@dataclass(slots=True)
class _Source:
    reader: JournalReader
    pending: deque[Envelope] = field(default_factory=deque)


class JournalTail:
    """Reads on from where it stopped; never blocks. `is_over` tells that nothing more will come."""

    def __init__(self, files: RunFiles, files_of: Callable[[str], RunFiles], *, after: int = 0) -> None:
        self._files = files
        self._files_of = files_of
        self._after = after
        self._stack = [_Source(JournalReader(files.journal))]
        self._finished = False
        self._was_dead = False

    @property
    def is_finished(self) -> bool:
        """Whether the run's own end was read."""
        return self._finished

    @property
    def is_lost(self) -> bool:
        """Whether the runner died without an end, and everything that it wrote was read."""
        return self._was_dead and not self._finished

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._finished or self._was_dead

    def read(self) -> list[Envelope]:
        """Return the events since the last call, in the order in which they happened."""
        if self._finished:
            return []
        # Looked at before the journal: what a runner wrote before its death is read in this very call.
        alive = lease.is_held(self._files.lease)
        events = list(self._drain())
        if not alive and not self._finished:
            self._was_dead = not events
        return events

    def _drain(self) -> Iterator[Envelope]:
        while True:
            source = self._stack[-1]
            if not source.pending:
                source.pending.extend(source.reader.read())
            if not source.pending:
                return
            envelope = source.pending.popleft()
            is_root = len(self._stack) == 1
            if not is_root or envelope.seq > self._after:
                yield envelope
            match envelope.event:
                case ChildStarted(child=child):
                    self._stack.append(_Source(JournalReader(self._files_of(child).journal)))
                case RunFinished() if is_root:
                    self._finished = True
                    return
                case RunFinished():
                    self._stack.pop()
                case _:
                    pass


def follow(tail: JournalTail, *, poll: float = 0.1) -> Iterator[Envelope]:
    """Yield the events of a run until its end; `poll` is the pause in seconds while nothing happens."""
    while not tail.is_over:
        events = tail.read()
        yield from events
        if not events and not tail.is_over:
            time.sleep(poll)
