"""Rules on columns: what their types become on the way through DMS. Each finding names its column."""

from collections.abc import Callable
from typing import Final

from autocorp_wizard.core.preflight.record import Audience, Remedy, Seen, failed, passed, unsure, warned
from autocorp_wizard.core.preflight.source.facts import Column, Tables, Wanted
from autocorp_wizard.core.preflight.source.remedies import count

_LOBS: Final = frozenset({"text", "json", "jsonb", "xml", "bytea"})
_KNOWN: Final = _LOBS | frozenset(
    [
        "int2",
        "int4",
        "int8",
        "numeric",
        "float4",
        "float8",
        "money",
        "varchar",
        "bpchar",
        "char",
        "bool",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "bit",
        "varbit",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "tsvector",
        "tsquery",
        "hstore",
        "citext",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "oid",
        "name",
    ]
)
_LONGEST_VARCHAR, _MOST_DIGITS, _LONGEST_LABEL = 16_387, 38, 64


def large_objects(tables: Tables, _: Wanted) -> Seen:
    """Judge references to large objects, which DMS does not carry."""
    return _judge(
        tables,
        lambda c: c.type in ("oid", "lo"),
        "No column refers to a large object.",
        ("refers to a large object", "refer to large objects"),
        "Keep the content in a bytea column.",
    )


def geometry(tables: Tables, _: Wanted) -> Seen:
    """Judge PostGIS types, which cannot go to S3."""
    return _judge(
        tables,
        lambda c: c.type in ("geometry", "geography"),
        "No column is of a PostGIS type.",
        (
            "is of a PostGIS type, which DMS does not write to S3",
            "are of PostGIS types, which DMS does not write to S3",
        ),
        "Offer it as text in a table of its own.",
        fails=True,
    )


def numerics(tables: Tables, _: Wanted) -> Seen:
    """Judge numeric columns without a precision, or with more digits than Parquet holds."""
    return _judge(
        tables,
        lambda c: c.type == "numeric" and (c.precision is None or c.precision > _MOST_DIGITS),
        "Every numeric column has a precision that Parquet holds.",
        (
            "has no precision that Parquet holds: DMS makes it numeric(28,6), or text",
            "have no precision that Parquet holds: DMS makes them numeric(28,6), or text",
        ),
        "Declare numeric(precision, scale) up to 38 digits; this rewrites the table.",
    )


def varchars(tables: Tables, _: Wanted) -> Seen:
    """Judge varchar columns without a length, or with one beyond what DMS carries as text."""
    return _judge(
        tables,
        lambda c: c.type == "varchar" and (c.length is None or c.length > _LONGEST_VARCHAR),
        "Every varchar column has a length that DMS carries.",
        ("has no length: DMS cuts it at 8,000 characters", "have no length: DMS cuts them at 8,000 characters"),
        "Declare a length, or text (then dms_lob_max_size_kb counts).",
    )


def enums(tables: Tables, _: Wanted) -> Seen:
    """Judge labels of enumerations."""
    return _judge(
        tables,
        lambda c: c.longest_label > _LONGEST_LABEL,
        "No label of an enumeration is too long.",
        ("has a label beyond 64 characters", "have labels beyond 64 characters"),
        "Shorten the label.",
    )


def unlisted(tables: Tables, _: Wanted) -> Seen:
    """Judge types that the documentation of DMS does not list."""
    return _judge(
        tables,
        lambda c: c.kind not in ("e", "A") and c.type not in _KNOWN and c.type not in ("geometry", "geography", "lo"),
        "Every type is in the documentation of DMS.",
        (
            "is of a type that the documentation of DMS does not list",
            "are of types that the documentation of DMS does not list",
        ),
        "Offer it as text, and look at the first rows that arrive.",
    )


def generated(tables: Tables, _: Wanted) -> Seen:
    """Judge generated columns: stored ones arrive, virtual ones do not."""
    virtual = _names(tables, lambda c: c.generated == "v")
    if virtual:
        return warned("Virtual generated columns do not arrive.", Remedy("Make them STORED."), findings=virtual)
    stored = _names(tables, lambda c: c.generated == "s")
    if stored:
        return Seen(
            passed("").status,
            f"{count(len(stored), 'stored generated column arrives', 'stored generated columns arrive')}.",
            {},
            stored,
        )
    return passed("No column is generated.")


def booleans(tables: Tables, _: Wanted) -> Seen:
    """Say how booleans arrive."""
    found = _names(tables, lambda c: c.type == "bool")
    if not found:
        return passed("No column is a boolean.")
    said = f"{count(len(found), 'boolean arrives', 'booleans arrive')} as the text true or false; the jobs read it."
    return Seen(passed("").status, said, {}, found)


def lobs(tables: Tables, wanted: Wanted) -> Seen:
    """Judge the sampled length of texts against what DMS carries (limited LOB mode cuts without a word)."""
    candidates = [(each.name, column) for each in tables.there for column in each.columns if column.type in _LOBS]
    if not candidates:
        return passed("No column is of a type without a bound.")
    limit = wanted.lob_max_bytes
    long = [
        f"{name}.{column.name}: {column.longest:,} bytes"
        for name, column in candidates
        if (column.longest or 0) > limit
    ]
    if long:
        needed = max(column.longest or 0 for _, column in candidates)
        return failed(
            f"{count(len(long), 'column holds', 'columns hold')} more than the {limit // 1024:,} KB that DMS carries; "
            "it cuts the rest without a word.",
            Remedy(
                f"Set dms_lob_max_size_kb to at least {-(-needed * 2 // 1024)}.", command="autocorp-wizard env edit"
            ),
            findings=tuple(long),
        )
    unknown = [f"{name}.{column.name}" for name, column in candidates if column.longest is None]
    if unknown:
        return unsure(f"{count(len(unknown), 'column')} could not be sampled: {', '.join(unknown[:5])}.")
    return passed(f"The sampled texts of {count(len(candidates), 'column')} are within {limit // 1024:,} KB.")


def _names(tables: Tables, wrong: Callable[[Column], bool]) -> tuple[str, ...]:
    return tuple(
        f"{each.name}.{column.name} ({column.type})"
        for each in tables.there
        for column in each.columns
        if wrong(column)
    )


def _judge(
    tables: Tables, wrong: Callable[[Column], bool], fine: str, said: tuple[str, str], text: str, *, fails: bool = False
) -> Seen:
    found = _names(tables, wrong)
    if not found:
        return passed(fine)
    sentence = f"{len(found)} {'column ' + said[0] if len(found) == 1 else 'columns ' + said[1]}."
    return (failed if fails else warned)(sentence, Remedy(text, Audience.DATABASE), findings=found)
