"""The workgroup and what was asked in it lately."""

from typing import Final

from autocorp_wizard.core.objectives import Query, athena_time
from autocorp_wizard.core.status import Judged, Level, Reason, Why
from autocorp_wizard.core.status_rules import first_line
from autocorp_wizard.operate.look import Look, Sheet

RECENT: Final = 50
_LISTS: Final = "athena:BatchGetQueryExecution"


def fill(look: Look, sheet: Sheet) -> None:
    """Ask for the workgroup and its recent queries."""
    name = look.output("athena_workgroup_name")
    if not name:
        sheet.lacking("workgroup", "Workgroup", "athena_workgroup_name")
        return
    call = "athena:GetWorkGroup"
    with sheet.asking("workgroup", "Workgroup", call):
        state = look.access.client("athena").get_work_group(WorkGroup=name).get("WorkGroup", {}).get("State", "")
        if not state:
            sheet.unknown("workgroup", "Workgroup", Reason(Why.GONE, "the workgroup of the state does not exist"), call)
            return
        level = Level.OK if state == "ENABLED" else Level.FAIL
        sheet.add("workgroup", "Workgroup", Judged(level, f"workgroup {state.lower()}"), call, value=state)
    with sheet.asking("queries", "Queries", _LISTS):
        good, failed = _recent(look, name)
        sheet.promise(athena_time(good))
        if not good and not failed:
            sheet.unknown("queries", "Queries", Reason(Why.NO_DATA, "no query yet"), "athena:ListQueryExecutions")
            return
        words = f"{len(good)} of the last {len(good) + len(failed)} queries succeeded"
        # A person's mistake in a query is no failure of the lake.
        level = Level.WARN if failed and not good else Level.OK
        newest = max((query.finished for query in good), default=None)
        said = Judged(level, words + (f": {failed[0]}" if failed and not good else ""))
        sheet.add("queries", "Queries", said, _LISTS, value=len(good), unit="queries", at=newest)


def _recent(look: Look, workgroup: str) -> tuple[list[Query], list[str]]:
    """Return the recent queries that succeeded, and why the others failed."""
    client = look.access.client("athena")
    ids = client.list_query_executions(WorkGroup=workgroup, MaxResults=RECENT).get("QueryExecutionIds", [])
    found = client.batch_get_query_execution(QueryExecutionIds=ids).get("QueryExecutions", []) if ids else []
    good: list[Query] = []
    failed: list[str] = []
    for each in found:
        status, spent = each.get("Status", {}), each.get("Statistics", {})
        finished = status.get("CompletionDateTime")
        if status.get("State") == "SUCCEEDED" and finished is not None:
            # What the person waited for: queue and engine.
            millis = spent.get("QueryQueueTimeInMillis", 0) + spent.get("EngineExecutionTimeInMillis", 0)
            # Statements that define something are no aggregation.
            if each.get("StatementType", "DML") == "DML":
                good.append(Query(millis / 1000, finished, first_line(each.get("Query", ""), 60)))
        elif status.get("State") == "FAILED":
            failed.append(first_line(status.get("StateChangeReason", "")))
    return good, failed
