"""Query executions: queued, running, and an end that catalog, cutoff and result location decide.

Queries are not executed: one that only names tables of the catalog succeeds and returns nothing.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.metrics import MetricPoint
from autocorp_wizard.rehearsal.pace import Span
from autocorp_wizard.rehearsal.services.glue_needs import bucket_of, split_uri

if TYPE_CHECKING:
    from moto.glue.models import FakeTable

# Seconds as on AWS.
_QUEUE_SECONDS: Final = 0.4
_RUN_SECONDS: Final = 3.0
_FAIL_SECONDS: Final = 1.0
_BYTES_PER_SECOND: Final = 150_000_000
_LEAST_BYTES: Final = 10_000_000
_CATEGORY_USER, _TABLE_NOT_FOUND, _LOCATION_FAULT, _SYNTAX = 2, 1301, 1006, 401
_DDL: Final = ("ALTER", "CREATE", "DESCRIBE", "DROP", "MSCK", "SHOW")
_DML: Final = ("DEALLOCATE", "EXECUTE", "EXPLAIN", "INSERT", "SELECT", "TABLE", "UNLOAD", "VALUES", "WITH")
_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXT: Final = re.compile(r"'(?:[^']|'')*'")
_NAMED: Final = re.compile(r'\b(?:FROM|JOIN)\s+((?:[\w"`]+\.){0,2}[\w"`]++)(?!\s*\()', re.IGNORECASE)
_DEFINED: Final = re.compile(r'(?:\bWITH(?:\s+RECURSIVE)?|,)\s*"?(\w+)"?\s*(?:\([^)]*\)\s*)?AS\s*\(', re.IGNORECASE)
_NO_TABLES: Final = {"lateral", "unnest", "values"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a query fails: AWS's sentence, and its type as AthenaError names it."""

    reason: str
    kind: int


@dataclass(frozen=True, slots=True)
class Query:
    """One execution. `scanned` counts bytes; `fault` is None where it succeeds."""

    id: str
    text: str
    workgroup: str
    context: Mapping[str, str]
    location: str
    encryption: Mapping[str, str]
    queue: Span
    run: Span
    scanned: int
    parameters: tuple[str, ...] = ()
    reuse_minutes: int | None = None
    fault: Fault | None = None
    cancelled_at: float | None = None

    @property
    def state(self) -> str:
        """The state as Athena names it."""
        if self.cancelled_at is not None:
            return "CANCELLED"
        if not self.queue.over:
            return "QUEUED"
        if not self.run.over:
            return "RUNNING"
        return "FAILED" if self.fault is not None else "SUCCEEDED"

    @property
    def is_over(self) -> bool:
        """Whether nothing changes any more."""
        return self.state not in {"QUEUED", "RUNNING"}

    @property
    def ends(self) -> float:
        """When it ends or ended, in epoch seconds."""
        return self.run.ends if self.cancelled_at is None else self.cancelled_at

    @property
    def is_ddl(self) -> bool:
        """Whether it defines rather than reads."""
        return _bare(self.text).upper().startswith(_DDL)

    def cancelled(self) -> "Query":
        """The same query, cancelled now."""
        return replace(self, cancelled_at=pace.now())


def begin(
    text: str,
    workgroup: str,
    context: Mapping[str, str],
    settings: Mapping[str, object],
    *,
    parameters: tuple[str, ...] = (),
    reuse_minutes: int | None = None,
) -> Query:
    """Begin a query in a workgroup whose effective configuration is `settings`."""
    results = settings.get("ResultConfiguration")
    results = results if isinstance(results, Mapping) else {}
    location = str(results.get("OutputLocation") or "")
    scanned = _scanned(text, context)
    cutoff = settings.get("BytesScannedCutoffPerQuery")
    fault = _fault(text, context, location)
    if fault is None and isinstance(cutoff, int) and scanned > cutoff:
        fault = Fault(f"Bytes scanned limit was exceeded: the query scanned more than {cutoff} bytes.", _LOCATION_FAULT)
    queue = Span.start(_QUEUE_SECONDS)
    seconds = _FAIL_SECONDS if fault is not None else _RUN_SECONDS + scanned / _BYTES_PER_SECOND
    identity = "-".join(secrets.token_hex(size) for size in (4, 2, 2, 2, 6))
    return Query(
        id=identity,
        text=text,
        workgroup=workgroup,
        context=context,
        location=f"{location.rstrip('/')}/{identity}.{'txt' if _bare(text).upper().startswith(_DDL) else 'csv'}",
        encryption=results.get("EncryptionConfiguration") or {},
        queue=queue,
        run=Span(queue.ends, seconds, queue.factor),
        scanned=0 if fault is not None else scanned,
        parameters=parameters,
        reuse_minutes=reuse_minutes,
        fault=fault,
    )


def described(query: Query) -> dict[str, object]:
    """Return QueryExecution as GetQueryExecution tells it."""
    state, over = query.state, query.is_over
    reason = query.fault.reason if state == "FAILED" and query.fault is not None else None
    reason = "Query cancelled by user" if state == "CANCELLED" else reason
    error = (
        {
            "ErrorCategory": _CATEGORY_USER,
            "ErrorType": query.fault.kind,
            "Retryable": False,
            "ErrorMessage": query.fault.reason,
        }
        if state == "FAILED" and query.fault is not None
        else None
    )
    reuse = {"Enabled": query.reuse_minutes is not None, "MaxAgeInMinutes": query.reuse_minutes}
    return {
        "QueryExecutionId": query.id,
        "Query": query.text,
        "StatementType": "DDL" if query.is_ddl else "DML",
        "ResultConfiguration": {"OutputLocation": query.location, "EncryptionConfiguration": query.encryption or None},
        "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": reuse},
        "QueryExecutionContext": dict(query.context) or None,
        "Status": {
            "State": state,
            "StateChangeReason": reason,
            "SubmissionDateTime": query.queue.began,
            "CompletionDateTime": query.ends if over else None,
            "AthenaError": error,
        },
        "Statistics": _statistics(query) if state != "QUEUED" else None,
        "WorkGroup": query.workgroup,
        "EngineVersion": {
            "SelectedEngineVersion": "Athena engine version 3",
            "EffectiveEngineVersion": "Athena engine version 3",
        },
        "ExecutionParameters": list(query.parameters) or None,
        "SubstatementType": _bare(query.text).split(None, 1)[0].upper() if query.text.strip() else None,
    }


def query_points(queries: Mapping[str, Query], since: float, until: float) -> Iterator[MetricPoint]:
    """Yield what finished queries would have sent to CloudWatch."""
    for query in queries.values():
        if not query.is_over or not since <= query.ends < until:
            continue
        dimensions = {
            "QueryState": query.state,
            "QueryType": "DDL" if query.is_ddl else "DML",
            "WorkGroup": query.workgroup,
        }
        engine, queued = query.run.elapsed * 1000, query.queue.elapsed * 1000
        for name, value, unit in (
            ("EngineExecutionTime", engine, "Milliseconds"),
            ("QueryQueueTime", queued, "Milliseconds"),
            ("TotalExecutionTime", engine + queued, "Milliseconds"),
            ("ProcessedBytes", float(query.scanned), "Bytes"),
        ):
            yield MetricPoint("AWS/Athena", name, dimensions, query.ends, value, unit)


def _statistics(query: Query) -> dict[str, object]:
    engine, queued = int(query.run.elapsed * 1000), int(query.queue.elapsed * 1000)
    return {
        "EngineExecutionTimeInMillis": engine,
        "DataScannedInBytes": query.scanned if query.is_over else int(query.scanned * query.run.share),
        "TotalExecutionTimeInMillis": engine + queued,
        "QueryQueueTimeInMillis": queued,
        "QueryPlanningTimeInMillis": min(100, engine),
        "ServiceProcessingTimeInMillis": min(50, engine),
        "ResultReuseInformation": {"ReusedPreviousResult": False},
    }


def _fault(text: str, context: Mapping[str, str], location: str) -> Fault | None:
    statement = _bare(text)
    if not statement.upper().startswith(_DDL + _DML):
        word = statement.split(None, 1)[0] if statement else "<EOF>"
        return Fault(f"line 1:1: mismatched input '{word}'. Expecting: <query>", _SYNTAX)
    bucket, _ = split_uri(location)
    if not location or bucket_of(bucket) is None:
        return Fault(f"Unable to verify/create output bucket {bucket}", _LOCATION_FAULT)
    for database, table, place in _tables(text, context):
        if _catalogued(database, table) is None:
            missing = f"TABLE_NOT_FOUND: line {place}: Table 'awsdatacatalog.{database}.{table}' does not exist"
            return Fault(missing, _TABLE_NOT_FOUND)
    return None


def _scanned(text: str, context: Mapping[str, str]) -> int:
    """Return the bytes under the tables that a query names: nobody knows better without running it."""
    total = 0
    for database, table in {(database, table) for database, table, _ in _tables(text, context)}:
        found = _catalogued(database, table)
        location = str(found.as_dict().get("StorageDescriptor", {}).get("Location", "")) if found is not None else ""
        bucket, prefix = split_uri(location)
        objects = bucket_of(bucket).keys if bucket_of(bucket) is not None else {}  # type: ignore[union-attr]
        total += sum(each.size for key, each in objects.items() if prefix and key.startswith(prefix))
    return max(total, _LEAST_BYTES) if total else 0


def _tables(text: str, context: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield database, table and place (LINE:COLUMN) of each table that a query reads."""
    # What is blanked out keeps its length, so that places stay true.
    blank = _TEXT.sub(lambda found: _spaces(found[0]), _COMMENT.sub(lambda found: _spaces(found[0]), text))
    if blank.lstrip().upper().startswith(_DDL):
        return
    defined = {name.lower() for name in _DEFINED.findall(blank)}
    for found in _NAMED.finditer(blank):
        parts = [part.strip('"`').lower() for part in found[1].split(".")]
        if len(parts) == 1 and parts[0] in defined | _NO_TABLES:
            continue
        database = parts[-2] if len(parts) > 1 else str(context.get("Database") or "default").lower()
        if database == "information_schema":
            continue
        before = blank[: found.start(1)]
        column = len(before) - (before.rfind("\n") + 1) + 1
        yield database, parts[-1], f"{before.count(chr(10)) + 1}:{column}"


def _catalogued(database: str, table: str) -> "FakeTable | None":
    from moto.glue.models import glue_backends

    from autocorp_wizard.rehearsal.services.glue_workflows import settle

    backend = glue_backends[ACCOUNT_ID][REGION]
    settle(backend)
    known = backend.databases.get(database)
    found: FakeTable | None = None if known is None else known.tables.get(table)
    return found


def _bare(text: str) -> str:
    return _COMMENT.sub("", text).strip().lstrip("(").strip()


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
