"""Following one run: its journal read in batches and folded into a state and a log. It never owns the run."""

from collections.abc import Iterator

from autocorp_wizard.core.runstate import CommandState, RunState
from autocorp_wizard.tui.engine_port import TailLike
from autocorp_wizard.tui.log_lines import LogLine, lines_of


class RunFollower:
    """The state and the log of one run, as far as its journal has been read.

    A rollout's stream interleaves its children: `state` is the rollout's own, `current` that of the child at work.
    """

    def __init__(self, tail: TailLike) -> None:
        self._tail = tail
        self._children: dict[str, RunState] = {}
        self.state = RunState()
        self.current = self.state
        self.log: list[LogLine] = []

    @property
    def commands(self) -> Iterator[CommandState]:
        """Every real command so far, the rollout's children's included, in the order in which they began."""
        states = (self.state, *self._children.values())
        yield from sorted((each for state in states for each in state.commands), key=lambda each: each.started_at)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come: the run ended, or its process is gone."""
        return self._tail.is_over

    def read(self) -> bool:
        """Take in what is new; return whether anything was. Reads a file; never waits for the run."""
        batch = self._tail.read()
        for envelope in batch:
            if not self.state.run or envelope.run == self.state.run:
                self.state.add(envelope)
            else:
                self.current = self._children.setdefault(envelope.run, RunState())
                self.current.add(envelope)
            self.log.extend(lines_of(envelope))
        return bool(batch)
