"""Curated tables, read without Spark: Hudi by its Rust library, and the plain Parquet of the jobs' local twin.

What needs these libraries says so; they come with the extra `lake`. A table in a bucket is fetched into a directory of
its own first, only the files that its latest state needs, by the same client as everything else.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from autocorp_wizard.core.errors import InconclusiveError, UsageError
from autocorp_wizard.core.hudi_files import needed
from autocorp_wizard.core.reconciliation import Row

if TYPE_CHECKING:
    import pyarrow as pa

    from autocorp_wizard.adapters.aws import CloudAccess

_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class LakeTable:
    """What a curated table holds: `commit` is its last one, made `at`."""

    table: "pa.Table"
    commit: str
    at: datetime | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns, in order."""
        return tuple(self.table.column_names)

    def rows(self, columns: Sequence[str]) -> Iterator[Row]:
        """Yield the rows as `columns`, sorted by the first of them."""
        chosen = self.table.select(list(columns)).sort_by(columns[0])
        for batch in chosen.to_batches(max_chunksize=_AT_ONCE):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


class CuratedZone:
    """The curated zone at `root`: a directory, or `s3://BUCKET/PREFIX` reached by `access`.

    A context manager: what was fetched is gone afterwards.
    """

    def __init__(self, root: str, access: "CloudAccess | None" = None) -> None:
        self.root: Final = root.rstrip("/")
        self._access = access
        self._stack = ExitStack()
        parts = urlsplit(root)
        self._is_remote = parts.scheme in ("s3", "s3a")
        if parts.scheme and not self._is_remote and not Path(root).exists():
            raise UsageError(
                "LAKE-ROOT",
                f"{root!r} is no curated zone.",
                why="It must be a directory, or s3://BUCKET/PREFIX.",
                next_step="Name the directory that holds hudi/TABLE.",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, name: str) -> LakeTable:
        """Return the table `name`. Raises InconclusiveError where there is none to be read."""
        try:
            import pyarrow  # noqa: F401
            from hudi import HudiTableBuilder  # noqa: F401
        except ImportError as error:
            raise InconclusiveError(
                "LAKE-READER-MISSING",
                "Curated tables cannot be read here: the libraries for it are not installed.",
                why=str(error),
                next_step="Install them: pip install 'autocorp-wizard[lake]'",
            ) from error
        place = self._fetched(name) if self._is_remote else Path(self.root)
        if (place / "hudi" / name / ".hoodie").is_dir():
            return _read_hudi(place / "hudi" / name, name)
        if (place / "parquet" / name / "_commits").is_dir():
            return _read_parquet(place / "parquet" / name, name)
        raise _unseen(name, f"There is no table at {self.root}/hudi/{name}.", "Its first load has not been taken in.")

    def _fetched(self, name: str) -> Path:
        """Fetch the files of a table from the bucket and return the directory that stands for the zone."""
        assert self._access is not None  # noqa: S101  a remote zone comes with the way to it
        parts = urlsplit(self.root)
        prefix = f"{parts.path.strip('/')}/hudi/{name}/".lstrip("/")
        client = self._access.client("s3")
        with self._access.plainly("s3"):
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=parts.netloc, Prefix=prefix)
            names = [each["Key"][len(prefix) :] for page in pages for each in page.get("Contents", [])]
        root = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="autocorp-lake-")))
        for each in needed(names):
            target = root / "hudi" / name / each
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._access.plainly("s3"):
                client.download_file(parts.netloc, prefix + each, str(target))
        return root


def _read_hudi(path: Path, name: str) -> LakeTable:
    import pyarrow as pa
    from hudi import HudiTableBuilder

    if not any(path.glob(".hoodie/*commit")):
        raise _unseen(name, f"{path} has no completed commit.", "The first load has not ended, or it died.")
    try:
        # The listing of its files is read from the directory: nothing else is here of a table that was fetched.
        table = HudiTableBuilder.from_base_uri(str(path)).with_hudi_option("hoodie.metadata.enable", "false").build()
        commit = table.get_timeline().get_latest_commit_timestamp()
        rows = (
            pa.Table.from_batches(table.read(), schema=None) if table.get_file_slices() else _empty(table.get_schema())
        )
    except Exception as error:  # the library raises exceptions of many names
        raise _unseen(name, f"{path} cannot be read as a Hudi table.", str(error)) from error
    return LakeTable(rows, commit, _moment(commit))


def _read_parquet(path: Path, name: str) -> LakeTable:
    from pyarrow import ArrowException, parquet

    commits = sorted(path.glob("_commits/*.json"))
    if not commits:
        raise _unseen(name, f"{path} has no commit.", "The first load has not ended.")
    try:
        data = json.loads(commits[-1].read_text())["data"]
        rows = parquet.read_table(path / data)
    except (OSError, ValueError, KeyError, ArrowException) as error:
        raise _unseen(name, f"{path} cannot be read.", str(error)) from error
    return LakeTable(rows, commits[-1].stem, datetime.fromtimestamp(commits[-1].stat().st_mtime, UTC))


def _empty(schema: "pa.Schema") -> "pa.Table":
    return schema.empty_table()


def _moment(instant: str) -> datetime | None:
    """Return when a commit was made, from its name: yyyyMMddHHmmssSSS, in the writer's zone, which is UTC."""
    try:
        return datetime.strptime(instant[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _unseen(name: str, what: str, why: str) -> InconclusiveError:
    return InconclusiveError(
        "LAKE-TABLE-UNSEEN",
        f"{name}: {what}",
        why=why,
        next_step=f"Run the table's job ({name}_hudi_etl), then compare again.",
    )
