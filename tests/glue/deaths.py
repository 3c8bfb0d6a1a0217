"""Runs that die: between any two of their steps, or halfway through one.

A step is what changes something outside of the process: a write, a renaming, a deletion, a commit of Hudi. Spark's own
tasks are not steps: what they leave when they die is what a directory looks like halfway.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql.readwriter import DataFrameWriter

from glue_scripts.lake.storage import Storage


class Died(BaseException):
    """The run ended here, as if its process had been killed. (No handler of the jobs catches it.)"""


@dataclass
class Deaths:
    """Ends a run at its point number `at` (None: nowhere); `passed` are the names of the points that it came by."""

    at: int | None = None
    passed: list[str] = field(default_factory=list)

    def point(self, name: str) -> None:
        self.passed.append(name)
        if self.at is not None and len(self.passed) == self.at + 1:
            raise Died(name)

    def halfway(self, name: str, spoil: Callable[[], None]) -> None:
        """A point where, if the run ends there, `spoil` makes of what was written what half of it looks like."""
        if self.at is not None and len(self.passed) == self.at:
            spoil()
        self.point(name)


@contextmanager
def dying(at: int | None) -> Iterator[Deaths]:
    """Let runs of this block die at their point `at`."""
    deaths = Deaths(at)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_create", "_rename", "delete"):
            _wrap_storage(patch, name, deaths)
        _wrap_writer(patch, "parquet", deaths, _half_a_directory)
        _wrap_writer(patch, "save", deaths, _half_a_commit)
        yield deaths


def _wrap_storage(patch: pytest.MonkeyPatch, name: str, deaths: Deaths) -> None:
    real = getattr(Storage, name)

    def step(storage: Storage, path: str, *rest: str) -> None:
        what = f"{name.strip('_')} {_kind_of(path)}"
        deaths.point(f"before {what}")
        real(storage, path, *rest)
        deaths.point(f"after {what}")

    patch.setattr(Storage, name, step)


def _wrap_writer(patch: pytest.MonkeyPatch, name: str, deaths: Deaths, half: Callable[[Path], None]) -> None:
    real = getattr(DataFrameWriter, name)

    def step(writer: DataFrameWriter, path: str, *arguments: Any, **options: Any) -> None:
        what = f"{name} {_kind_of(path)}"
        deaths.point(f"before {what}")
        real(writer, path, *arguments, **options)
        deaths.halfway(f"halfway {what}", lambda: half(Path(path)))
        deaths.point(f"after {what}")

    patch.setattr(DataFrameWriter, name, step)


def _kind_of(path: str) -> str:
    """Say what lies at `path`, whatever the number of the batch."""
    last = path.rpartition("/")[2]
    if last.startswith("batch="):
        return "quarantine"
    if last.startswith("data-"):
        return "data"
    return "commit" if "/_commits/" in path else "table"


def _half_a_directory(path: Path) -> None:
    """What a writer leaves that dies: no mark of success, and of every second file only a part."""
    (path / "_SUCCESS").unlink()
    for number, part in enumerate(sorted(path.glob("part-*"))):
        if number % 2 == 0:
            part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])


def _half_a_commit(table: Path) -> None:
    """What Hudi leaves that dies before its commit is complete: everything but the file that completes it."""
    newest = max((*table.glob(".hoodie/*.commit"), *table.glob(".hoodie/*.replacecommit")))
    newest.unlink()
