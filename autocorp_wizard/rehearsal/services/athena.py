"""Athena: query executions that live; workgroups and saved queries are in athena_groups.

Nothing is executed: a query of tables that the catalog holds ends well and returns no rows.
"""
# mypy: disable-error-code="override"
# The stock service answers in JSON that it wrote itself; ours is written by the service's model.

from collections.abc import Iterable
from typing import Final

import moto.athena.urls
from moto.athena.models import athena_backends
from moto.core.responses import ActionResult, EmptyResult

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.metrics import MetricPoint
from autocorp_wizard.rehearsal.services.athena_groups import AthenaGroups, InvalidRequestError, queries_of
from autocorp_wizard.rehearsal.services.athena_queries import Query, begin, described, query_points

_BATCH: Final = 50


class RehearsalAthena(AthenaGroups):
    """Answers for executions."""

    def start_query_execution(self) -> ActionResult:
        """Begin a query; the same token twice is the same query."""
        token = self._get_param("ClientRequestToken")
        kept = vars(self.athena_backend).setdefault("rehearsal_tokens", {})
        if token and token in kept:
            return ActionResult({"QueryExecutionId": kept[token]})
        group = self._group(str(self._get_param("WorkGroup") or "primary"))
        if group.state != "ENABLED":
            raise InvalidRequestError(f"WorkGroup {group.name} is disabled")
        settings = dict(group.configuration)
        if not settings.get("EnforceWorkGroupConfiguration"):
            own = self._get_param("ResultConfiguration") or {}
            settings["ResultConfiguration"] = {**(settings.get("ResultConfiguration") or {}), **own}
        if not (settings.get("ResultConfiguration") or {}).get("OutputLocation"):
            raise InvalidRequestError(
                "No output location provided. An output location is required either through the Workgroup result "
                "configuration setting or as an API input."
            )
        by_age = (self._get_param("ResultReuseConfiguration") or {}).get("ResultReuseByAgeConfiguration") or {}
        query = begin(
            str(self._get_param("QueryString")),
            group.name,
            self._get_param("QueryExecutionContext") or {},
            settings,
            parameters=tuple(self._get_param("ExecutionParameters") or ()),
            reuse_minutes=by_age.get("MaxAgeInMinutes", 60) if by_age.get("Enabled") else None,
        )
        self._queries[query.id] = query
        if token:
            kept[token] = query.id
        return ActionResult({"QueryExecutionId": query.id})

    def get_query_execution(self) -> ActionResult:
        """Return an execution."""
        return ActionResult({"QueryExecution": described(self._query())})

    def batch_get_query_execution(self) -> ActionResult:
        """Return several executions."""
        ids = list(self._get_param("QueryExecutionIds"))
        if len(ids) > _BATCH:
            raise InvalidRequestError(f"At most {_BATCH} query executions can be asked for at a time")
        missing = [
            {"QueryExecutionId": each, "ErrorCode": "INVALID_INPUT", "ErrorMessage": _unknown(each)}
            for each in ids
            if each not in self._queries
        ]
        found = [described(self._queries[each]) for each in ids if each in self._queries]
        return ActionResult({"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing})

    def list_query_executions(self) -> ActionResult:
        """Return the ids of a workgroup's executions, newest first."""
        name = self._group(str(self._get_param("WorkGroup") or "primary")).name
        ids = [query.id for query in reversed(self._queries.values()) if query.workgroup == name]
        size, begin_at = int(self._get_param("MaxResults") or _BATCH), int(self._get_param("NextToken") or 0)
        following = str(begin_at + size) if begin_at + size < len(ids) else None
        return ActionResult({"QueryExecutionIds": ids[begin_at : begin_at + size], "NextToken": following})

    def stop_query_execution(self) -> ActionResult:
        """Cancel an execution; one that is over stays as it ended."""
        query = self._query()
        if not query.is_over:
            self._queries[query.id] = query.cancelled()
        return EmptyResult()

    def get_query_results(self) -> ActionResult:
        """Return the rows of a finished query: none, since nothing is executed."""
        query = self._query()
        if query.state in {"QUEUED", "RUNNING"}:
            raise InvalidRequestError(f"Query has not yet finished. Current state: {query.state}")
        if query.state != "SUCCEEDED":
            raise InvalidRequestError(f"Query did not finish successfully. Final query state: {query.state}")
        return ActionResult({"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": []}}, "UpdateCount": 0})

    def _query(self) -> Query:
        query_id = str(self._get_param("QueryExecutionId"))
        found = self._queries.get(query_id)
        if found is None:
            raise InvalidRequestError(_unknown(query_id))
        return found


def _unknown(query_id: str) -> str:
    return f"QueryExecution {query_id} was not found"


def metric_points(since: float, until: float) -> Iterable[MetricPoint]:
    """Return what Athena would have sent to CloudWatch in that time."""
    backend = athena_backends[ACCOUNT_ID][REGION]
    return list(query_points(queries_of(backend), since, until))


def install() -> None:
    """Put the extended service in the stock one's place."""
    moto.athena.urls.url_paths["{0}/$"] = RehearsalAthena.dispatch
