"""The account of one batch: every row that was read is written, deleted, set aside or folded, and the counts say so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from glue_scripts.lake.refusals import BatchRefusedError

BREAKER_FLOOR = 100


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of a batch.

    `folded` are superseded by another row of the same key in the batch. `absent` are rows removed because a newer file
    lacks them: they were not read, so they are no part of the law. `unknown` are columns that no contract knows.
    """

    table: str
    read: int = 0
    written: int = 0
    deleted: int = 0
    folded: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    absent: int = 0
    unknown: tuple[str, ...] = ()
    files: int = 0
    commit: str = ""
    seconds: float = 0.0
    note: str = ""

    def check(self) -> None:
        """Raise BatchRefusedError where rows were lost or invented. To be called before anything is committed."""
        aside = sum(self.set_aside.values())
        if self.read != self.written + self.deleted + aside + self.folded:
            raise BatchRefusedError(
                "ROWS-NOT-CONSERVED",
                f"{self.table}: {self.read} rows were read, but {self.written} written + {self.deleted} deleted + "
                f"{aside} set aside + {self.folded} folded do not add up to that.",
                why="A file changed while it was read, or the job has a bug.",
                next_step="Run the job again; if it stays, keep the raw files and report it. Nothing was committed.",
            )

    def judge(self, breaker: float) -> None:
        """Raise BatchRefusedError where more than the share `breaker` of at least a hundred rows was set aside."""
        aside = sum(self.set_aside.values())
        if self.read >= BREAKER_FLOOR and aside > breaker * self.read:
            raise BatchRefusedError(
                "BREAKER",
                f"{self.table}: {aside} of {self.read} rows would be set aside "
                f"({', '.join(f'{code} {count}' for code, count in sorted(self.set_aside.items()))}).",
                why=f"More than {breaker:.0%} is no longer dirt: the files look different from what was agreed.",
                next_step="Look at the files; to take them in all the same, run the job with --breaker 1.",
            )

    def as_document(self) -> dict[str, object]:
        """Return the account as `--json` prints it."""
        return {
            "table": self.table,
            "read": self.read,
            "written": self.written,
            "deleted": self.deleted,
            "folded": self.folded,
            "set_aside": dict(sorted(self.set_aside.items())),
            "warnings": dict(sorted(self.warnings.items())),
            "absent": self.absent,
            "unknown_columns": list(self.unknown),
            "files": self.files,
            "commit": self.commit or None,
            "seconds": round(self.seconds, 3),
            "note": self.note,
        }

    def as_metrics_line(self) -> str:
        """Return the one line that a run leaves in its log."""
        return json.dumps({"autocorp": "batch", **self.as_document()}, sort_keys=True)
