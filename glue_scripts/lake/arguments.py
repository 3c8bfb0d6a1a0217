"""What a run is told: Glue hands `--NAME value` pairs to the script, and so does anybody else.

Names are read without regard to case and to `-` or `_`. What Glue adds for itself is left alone; it is named in
`ignored`, so that a slip of the pen can be found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from glue_scripts.lake.layout import Zones
from glue_scripts.lake.refusals import BatchRefusedError

SINKS = ("hudi", "parquet")
_SWITCHES = frozenset({"snapshot"})
_KNOWN = frozenset(
    {
        "lake_bucket", "raw_root", "curated_root", "quarantine_root", "source_schema", "curated_database", "sink",
        "window", "snapshot", "tables", "breaker", "metrics_namespace", "lob_max_size_kb",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all tables of a run.

    `database` is the catalog database that tables are described in (empty: none). `window` bounds dates of exports,
    both days included. `snapshot`: a newer file also removes what it lacks. `breaker` is the share of rows set aside
    from which on a batch is refused. `lob_max_size` is the number of bytes that DMS cuts texts to (0: not told).
    `tables`: only these (refresh_all).
    """

    zones: Zones
    database: str = ""
    sink: str = "hudi"
    window: tuple[date, date] | None = None
    snapshot: bool = False
    breaker: float = 0.5
    lob_max_size: int = 0
    metrics_namespace: str = ""
    tables: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def parse(arguments: Sequence[str]) -> Settings:
    """Return the settings that `arguments` (without the script's name) ask for.

    Raises BatchRefusedError ARGUMENT-… for one that is missing, cannot be read or is given twice.
    """
    given, ignored = _pairs(arguments)
    bucket = given.get("lake_bucket", "")
    roots = {}
    for zone in ("raw", "curated", "quarantine"):
        root = given.get(f"{zone}_root") or (f"s3://{bucket}/{zone}" if bucket else "")
        if not root:
            raise _refuse("MISSING", f"--{zone}_root or --lake_bucket", "is needed")
        roots[zone] = root.rstrip("/")
    sink = given.get("sink", "hudi")
    if sink not in SINKS:
        raise _refuse("INVALID", "--sink", f"is {sink!r}, but must be one of {', '.join(SINKS)}")
    kilobytes = given.get("lob_max_size_kb", "0")
    if not re.fullmatch(r"[0-9]{1,6}", kilobytes):
        raise _refuse("INVALID", "--lob_max_size_kb", f"is {kilobytes!r}, but must be a number of kilobytes")
    return Settings(
        Zones(roots["raw"], roots["curated"], roots["quarantine"], given.get("source_schema") or "public"),
        database=given.get("curated_database", ""),
        sink=sink,
        window=parse_window(given["window"]) if given.get("window") else None,
        snapshot=given.get("snapshot", "false").lower() in {"", "true"},
        breaker=_share(given.get("breaker", "0.5")),
        lob_max_size=int(kilobytes) * 1024,
        metrics_namespace=given.get("metrics_namespace", ""),
        tables=tuple(name.strip() for name in given.get("tables", "").split(",") if name.strip()),
        ignored=ignored,
    )


def parse_window(text: str) -> tuple[date, date]:
    """Return the two days of FROM..TO (ISO dates). Raises BatchRefusedError where it is none."""
    first, dots, last = text.partition("..")
    try:
        window = (date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
    except ValueError:
        window = None
    if not dots or window is None or window[0] > window[1]:
        raise _refuse("INVALID", "--window", f"is {text!r}, but must be two days, as 2021-06-07..2024-12-31")
    return window


def _pairs(arguments: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    given: dict[str, str] = {}
    ignored: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            ignored.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        known = name.lower().replace("-", "_")
        has_value = bool(rest) and not rest[0].startswith("--")
        if not equals and has_value:
            value = rest.pop(0)
        if known not in _KNOWN:
            ignored.append(f"--{name}")
            continue
        if known in given:
            raise _refuse("TWICE", f"--{name}", "is given twice")
        if not equals and not has_value and known not in _SWITCHES:
            raise _refuse("INVALID", f"--{name}", "needs a value")
        given[known] = value
    return given, tuple(ignored)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise _refuse("INVALID", "--breaker", f"is {text!r}, but must be a share from 0 to 1")
    return share


def _refuse(code: str, name: str, what: str) -> BatchRefusedError:
    return BatchRefusedError(
        f"ARGUMENT-{code}", f"{name} {what}.", next_step="glue_scripts/README.md lists the arguments."
    )
