"""An export with dirt in it, and the manifest: what was injected, and what the job must make of it.

The expectation is made from what was injected, row by row, and never by reading the file: it shares no code with the
job.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.glue.generator import kinds, rows
from tests.glue.generator.kinds import Cells, Kind, Shape

_GAP = 50  # rows after which the later line of a pair comes
_HALF = "9999999,12"


@dataclass(frozen=True, slots=True)
class Subject:
    """An export: its clean rows, what may befall them, the columns that tell a row from others, and those that may be
    empty."""

    name: str
    clean: Callable[[int, Random], Iterator[Cells]]
    kinds: tuple[Kind, ...]
    identity: tuple[str, ...]
    nullable: tuple[str, ...]


ORDERS = Subject(
    "sales_orders",
    rows.orders,
    kinds.ORDERS,
    ("order_id", "invoice_number"),
    ("payment_method", "subtotal", "tax", "order_type", "status", "notes"),
)
CUSTOMERS = Subject(
    "customers",
    rows.customers,
    kinds.CUSTOMERS,
    ("email", "phone"),
    ("phone", "address", "city", "state", "zip"),
)
PART_LINES = Subject(
    "sales_order_parts",
    rows.part_lines,
    kinds.PART_LINES,
    ("order_id", "sku"),
    ("sku", "part_description", "quantity"),
)
SUBJECTS = {subject.name: subject for subject in (ORDERS, CUSTOMERS, PART_LINES)}


@dataclass
class Manifest:
    """What is in an export. `kinds`: name → identities of the rows that have it. `expected`: rows that must be let in
    with the cells that were meant, by identity; kept only where asked for."""

    subject: str
    seed: int
    read: int = 0
    folded: int = 0
    written: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, list[str]] = field(default_factory=dict)
    expected: dict[str, Cells] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        """Whether every row that is in the file is accounted for."""
        return self.read == self.written + self.folded + self.set_aside.total()

    def as_document(self) -> dict[str, object]:
        """Return it for a file beside the export (without the rows)."""
        return {
            "subject": self.subject,
            "seed": self.seed,
            "read": self.read,
            "written": self.written,
            "folded": self.folded,
            "set_aside": dict(sorted(self.set_aside.items())),
            "warnings": dict(sorted(self.warnings.items())),
            "kinds": {name: len(found) for name, found in sorted(self.kinds.items())},
        }


@dataclass
class _Entering:
    """What the rows of an export enter into its manifest, and the lines that are still to come."""

    manifest: Manifest
    subject: Subject
    keep: bool
    later: list[tuple[int, str]] = field(default_factory=list)

    def lines(self, cells: Cells, kind: Kind | None, dice: Random, number: int) -> list[str]:
        """Return the lines that are due at row `number`, and enter what must become of them."""
        clean = dict(cells)
        if kind is None:
            self.let_in(clean, clean, None)
            now = [_line(clean)]
        else:
            kind.spoil(cells, dice)
            now = self._dirty(cells, clean, kind, number)
        while self.later and self.later[0][0] <= number:
            now.append(self.later.pop(0)[1])
        return now

    def let_in(self, cells: Cells, meant: Cells, kind: Kind | None) -> None:
        """A row that becomes one of the table, with the cells that are `meant`."""
        self.manifest.read += 1
        self.manifest.written += 1
        self._warn(cells, kind)
        identity = _identity(self.subject, meant)
        if kind is not None:
            self.manifest.kinds.setdefault(kind.name, []).append(identity)
        if self.keep:
            self.manifest.expected[identity] = dict(meant)

    def set_aside(self, kind: Kind, identity: str) -> None:
        """A row that goes into quarantine."""
        self.manifest.read += 1
        self.manifest.set_aside[kind.reasons[0].partition(":")[0]] += 1
        self.manifest.reasons.setdefault(identity, Counter())[kind.reasons] += 1
        self.manifest.kinds.setdefault(kind.name, []).append(identity)

    def _fold(self, cells: Cells) -> None:
        self.manifest.read += 1
        self.manifest.folded += 1
        self._warn(cells, None)

    def _dirty(self, cells: Cells, clean: Cells, kind: Kind, number: int) -> list[str]:
        line = _line(cells)
        if kind.shape in (Shape.TWICE, Shape.SUPERSEDED, Shape.SPOILT_LATER):
            self.later.append((number + _GAP, line))
            if kind.shape is Shape.SPOILT_LATER:
                self.let_in(clean, clean, None)
                self.set_aside(kind, _identity(self.subject, cells))
            else:
                self.let_in(cells, cells, kind)
                self._fold(clean)
            return [_line(clean)]
        if not kind.reasons:
            self.let_in(cells, _meant(cells, clean, kind), kind)
            return [line]
        self.set_aside(kind, _identity(self.subject, cells))
        if kind.shape is Shape.BROKEN:
            self.set_aside(kind, 'second"')
        # Cut behind the cells that tell the row.
        return [{Shape.CUT: ",".join(line.split(",")[:3]), Shape.LONG: f"{line},one too many"}.get(kind.shape, line)]

    def _warn(self, cells: Cells, kind: Kind | None) -> None:
        """Empty cells count by themselves; what else a kind brings it says."""
        self.manifest.warnings["VALUE_MISSING"] += sum(not cells[name] for name in self.subject.nullable)
        for code, times in ((kind.warnings or {}) if kind else {}).items():
            if code != "VALUE_MISSING":
                self.manifest.warnings[code] += times


def write_export(
    path: Path,
    subject: Subject,
    count: int,
    *,
    seed: int,
    factor: float = 1.0,
    least: int = 1,
    keep: bool = False,
    newline: str = "\n",
    bom: bool = False,
    ends_in_half_line: bool = False,
) -> Manifest:
    """Write an export of `count` rows (and what the dirt adds) and return its manifest.

    Every kind hits `factor` times its share of the rows, and at least `least` of them. `keep`: the manifest holds the
    rows that must be let in. `ends_in_half_line`: as if it were still being written.
    """
    dice = Random(seed)
    entering = _Entering(Manifest(subject.name, seed), subject, keep)
    chosen = _choose(subject, count, dice, factor=factor, least=least)
    header = list(next(subject.clean(1, Random(0))))
    with path.open("wb") as file:

        def write(line: str) -> None:
            file.write((line.replace("\n", newline) + newline).encode("utf-8", "surrogateescape"))

        file.write(b"\xef\xbb\xbf" if bom else b"")
        write(",".join(header))
        for number, cells in enumerate(subject.clean(count, dice)):
            for line in entering.lines(cells, chosen.get(number), dice, number):
                write(line)
        for _, line in entering.later:
            write(line)
        if ends_in_half_line:
            entering.set_aside(Kind("half line at the end", 0, reasons=("ROW_MALFORMED:*",)), _HALF.partition(",")[0])
            file.write(_HALF.encode())
    return entering.manifest


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write the manifest as JSON."""
    path.write_text(json.dumps(manifest.as_document(), indent=1) + "\n")


def identity_of(subject: Subject, raw: str) -> str:
    """Return the identity of a row that was set aside, from its raw payload: JSON, or the line itself."""
    if raw.startswith("{"):
        cells = json.loads(raw)
        return _identity(subject, {name: cells.get(name) or "" for name in subject.identity})
    return raw.partition(",")[0] if subject.identity[0] != "email" else raw.split(",")[2]


def _choose(subject: Subject, count: int, dice: Random, *, factor: float, least: int) -> dict[int, Kind]:
    """Return which rows get which kind; one kind at most for a row."""
    wanted = [kind for kind in subject.kinds for _ in range(max(least, round(count * kind.share * factor)))]
    if len(wanted) > count // 2:
        raise ValueError(f"{count} rows are too few for {len(wanted)} that are to be dirty")
    return dict(zip(dice.sample(range(count), len(wanted)), wanted, strict=True))


def _meant(cells: Cells, clean: Cells, kind: Kind) -> Cells:
    """Return the cells that a repaired row must end with."""
    if "AMOUNT_NORMALISED" in (kind.warnings or {}):
        return {
            name: "".join(c for c in cell if c not in "$€£, ") if cell != clean[name] else cell
            for name, cell in cells.items()
        }
    return {name: cell.strip() for name, cell in cells.items()}


def _identity(subject: Subject, cells: Cells) -> str:
    return next((cells[name].strip().lower() for name in subject.identity if cells[name].strip()), "")


def _line(cells: Cells) -> str:
    text = io.StringIO()
    # With another end of line a line break within a cell would not be quoted.
    csv.writer(text, lineterminator="\n").writerow(cells.values())
    return text.getvalue()[:-1]
