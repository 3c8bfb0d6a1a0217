"""What Glue tells EventBridge: how runs of jobs ended, and that crawls began, succeeded or failed.

Each attempt of a job is told by itself, as Glue does; of a crawl that somebody stopped it tells nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.metrics import StateChange
from autocorp_wizard.rehearsal.services.glue_crawls import LOG_GROUP
from autocorp_wizard.rehearsal.services.glue_runs import failure_of
from autocorp_wizard.rehearsal.services.glue_state import Crawl, GlueState, JobRun

_SOURCE: Final = "aws.glue"
_ENDS: Final = {
    "FAILED": ("ERROR", ""),
    "STOPPED": ("INFO", "Job run stopped"),
    "SUCCEEDED": ("INFO", "Job run succeeded"),
    "TIMEOUT": ("WARN", "Job run timed out"),
}


def changes(state: GlueState, since: float, until: float) -> Iterator[StateChange]:
    """Yield what happened from `since` (included) to `until`, in epoch seconds."""
    for run in state.every_run():
        if run.is_over and since <= run.ends < until:
            yield _ended(run)
    for crawls in state.crawls.values():
        for crawl in crawls:
            if since <= crawl.span.began < until:
                yield _crawler(crawl, "Started", crawl.span.began, {"startTime": _iso(crawl.span.began)})
            if crawl.is_over and since <= crawl.ends < until:
                yield from _crawled(crawl)


def _ended(run: JobRun) -> StateChange:
    severity, message = _ENDS[run.state]
    detail = {
        "jobName": run.job,
        "severity": severity,
        "state": run.state,
        "jobRunId": run.id,
        "message": message or failure_of(run) or "",
    }
    return StateChange(_SOURCE, "Glue Job State Change", (), detail, run.ends)


def _crawled(crawl: Crawl) -> Iterator[StateChange]:
    if crawl.state == "FAILED":
        yield _crawler(crawl, "Failed", crawl.ends, {"errorMessage": crawl.failure})
    elif crawl.state == "COMPLETED":
        counts = {
            "tablesCreated": len(crawl.created),
            "tablesUpdated": len(crawl.updated),
            "tablesDeleted": 0,
            "partitionsCreated": 0,
            "partitionsUpdated": 0,
            "partitionsDeleted": 0,
            "runningTime (sec)": int(crawl.span.elapsed),
        }
        more = {"completionDate": _iso(crawl.ends), "warningMessage": "N/A"}
        yield _crawler(crawl, "Succeeded", crawl.ends, {name: str(count) for name, count in counts.items()} | more)


def _crawler(crawl: Crawl, state: str, at: float, more: Mapping[str, str]) -> StateChange:
    log = (
        f"https://console.aws.amazon.com/cloudwatch/home?region={REGION}"
        f"#logEventViewer:group={LOG_GROUP};stream={crawl.crawler}"
    )
    detail = {
        "accountId": ACCOUNT_ID,
        "crawlerName": crawl.crawler,
        "state": state,
        "message": f"Crawler {state}",
        **({} if state == "Started" else {"cloudWatchLogLink": log}),
        **more,
    }
    return StateChange(_SOURCE, "Glue Crawler State Change", (), detail, at)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
