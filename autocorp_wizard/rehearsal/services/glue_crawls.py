"""Crawls: a table in the catalog for each target folder that really holds objects, once the crawl is over."""

import csv
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from statistics import median
from typing import TYPE_CHECKING, Final

from autocorp_wizard.rehearsal.pace import Span
from autocorp_wizard.rehearsal.services.glue_needs import bucket_of, crawler_failure, split_uri
from autocorp_wizard.rehearsal.services.glue_state import Crawl, GlueState, moment, state_of

if TYPE_CHECKING:
    from moto.glue.models import FakeCrawler, GlueBackend
    from moto.s3.models import FakeKey

# Seconds as on AWS: starting workers takes most of a small crawl.
_CRAWL_SECONDS: Final = 75.0
LOG_GROUP: Final = "/aws-glue/crawlers"
_HEAD_BYTES: Final = 64 * 1024


def start_crawl(backend: "GlueBackend", crawler: "FakeCrawler", at: float | None = None) -> Crawl:
    """Begin a crawl, now or at a moment that has passed."""
    begun = Span.start(_CRAWL_SECONDS)
    span = begun if at is None else replace(begun, began=at)
    crawl = Crawl(f"{secrets.token_hex(16)}", crawler.name, span, crawler_failure(crawler))
    state_of(backend).crawls.setdefault(crawler.name, []).append(crawl)
    return crawl


def enter_finished(backend: "GlueBackend") -> None:
    """Put the tables of crawls that are over into the catalog, each crawl once."""
    for name, crawls in state_of(backend).crawls.items():
        crawler = backend.crawlers.get(name)
        for number, crawl in enumerate(crawls):
            if crawl.entered or not crawl.is_over:
                continue
            created, updated = ((), ()) if crawl.state != "COMPLETED" or crawler is None else _enter(backend, crawler)
            crawls[number] = replace(crawl, entered=True, created=created, updated=updated)


def last_crawl(crawl: Crawl) -> dict[str, object]:
    """Return LastCrawlInfo; it speaks of finished crawls only."""
    status = {"COMPLETED": "SUCCEEDED", "STOPPED": "CANCELLED"}.get(crawl.state, crawl.state)
    return {
        "Status": status,
        "ErrorMessage": crawl.failure or None,
        "LogGroup": LOG_GROUP,
        "LogStream": crawl.crawler,
        "MessagePrefix": crawl.id,
        "StartTime": moment(crawl.span.began),
    }


def history(crawl: Crawl) -> dict[str, object]:
    """Return one line of ListCrawls."""
    counts = {"ADD": len(crawl.created), "UPDATE": len(crawl.updated)}
    return {
        "CrawlId": crawl.id,
        "State": "RUNNING" if crawl.state == "STOPPING" else crawl.state,
        "StartTime": moment(crawl.span.began),
        "EndTime": moment(crawl.ends) if crawl.is_over else None,
        "Summary": str({"TABLE": {name: {"TOTAL": count} for name, count in counts.items() if count}}).replace("'", '"')
        if crawl.is_over
        else None,
        "ErrorMessage": crawl.failure if crawl.is_over and crawl.failure else None,
        "LogGroup": LOG_GROUP,
        "LogStream": crawl.crawler,
        "MessagePrefix": crawl.id,
        # Ten minutes are billed at least, of two DPUs.
        "DPUHour": round(2 * max(crawl.span.elapsed, 600) / 3600, 3) if crawl.is_over else 0.0,
    }


def metrics(state: GlueState, name: str) -> dict[str, object]:
    """Return CrawlerMetrics of one crawler."""
    crawls = state.crawls.get(name, [])
    ended = [crawl for crawl in crawls if crawl.is_over]
    running = next((crawl for crawl in crawls if not crawl.is_over), None)
    left = 0.0 if running is None else running.span.seconds - running.span.elapsed
    runtimes = [crawl.span.elapsed for crawl in ended]
    return {
        "CrawlerName": name,
        "TimeLeftSeconds": round(left, 1),
        "StillEstimating": running is not None and not ended,
        "LastRuntimeSeconds": runtimes[-1] if runtimes else 0.0,
        "MedianRuntimeSeconds": median(runtimes) if runtimes else 0.0,
        "TablesCreated": sum(len(crawl.created) for crawl in ended),
        "TablesUpdated": sum(len(crawl.updated) for crawl in ended),
        "TablesDeleted": 0,
    }


def _enter(backend: "GlueBackend", crawler: "FakeCrawler") -> tuple[tuple[str, ...], tuple[str, ...]]:
    database = backend.databases.get(crawler.database_name)
    if database is None:
        return (), ()
    created, updated = [], []
    for name, table in _tables(crawler):
        if name in database.tables:
            database.tables[name].update(table)
            updated.append(name)
        else:
            backend.create_table(crawler.database_name, name, table)
            created.append(name)
    return tuple(created), tuple(updated)


def _tables(crawler: "FakeCrawler") -> Iterator[tuple[str, dict[str, object]]]:
    for target in crawler.targets.get("S3Targets", []):
        objects = list(_objects(target["Path"], target.get("Exclusions", [])))
        if not objects:
            continue
        folder = target["Path"].rstrip("/").rpartition("/")[2]
        name = (crawler.table_prefix or "") + re.sub(r"[^a-z0-9_]", "_", folder.lower())
        kind = "csv" if objects[0].name.endswith(".csv") else "parquet"
        yield (
            name,
            {
                "Name": name,
                "Owner": "owner",
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {
                    "UPDATED_BY_CRAWLER": crawler.name,
                    "classification": kind,
                    "objectCount": str(len(objects)),
                    "sizeKey": str(sum(each.size for each in objects)),
                    "typeOfData": "file",
                },
                "StorageDescriptor": {
                    "Location": target["Path"],
                    "Columns": _columns(objects[0]) if kind == "csv" else [],
                    "Parameters": {"classification": kind},
                },
            },
        )


def _objects(path: str, exclusions: Sequence[str]) -> Iterator["FakeKey"]:
    bucket_name, prefix = split_uri(path)
    bucket = bucket_of(bucket_name)
    if bucket is None:
        return
    keys: Mapping[str, FakeKey] = bucket.keys
    for key, found in keys.items():
        below = key[len(prefix) :]
        # A leading ** also stands for no folder at all.
        excluded = any(fnmatch(below, glob) or fnmatch(f"/{below}", glob) for glob in exclusions)
        if key.startswith(prefix) and below and not key.endswith("/") and hasattr(found, "size") and not excluded:
            yield found


def _columns(found: "FakeKey") -> list[dict[str, str]]:
    """Return the columns that a CSV file's first line names; the types need a look at the rows."""
    head = found.value[:_HEAD_BYTES].decode("utf-8", "replace").splitlines()
    names = next(csv.reader(head[:1]), [])
    return [{"Name": name.strip().lower(), "Type": "string"} for name in names if name.strip()]
