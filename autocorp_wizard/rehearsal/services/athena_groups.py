"""Athena's workgroups and saved queries: changed in place, and a used workgroup goes only with its history."""
# mypy: disable-error-code="override"
# The stock service answers in JSON that it wrote itself; ours is written by the service's model.

import re
from collections.abc import Mapping
from typing import Any, Final

from moto.athena.models import AthenaBackend, WorkGroup
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.services.athena_queries import Query

_LEAST_CUTOFF: Final = 10_000_000
# What an update takes away is named by a field of its own.
_REMOVALS: Final = {
    "RemoveAclConfiguration": "AclConfiguration",
    "RemoveEncryptionConfiguration": "EncryptionConfiguration",
    "RemoveExpectedBucketOwner": "ExpectedBucketOwner",
    "RemoveOutputLocation": "OutputLocation",
}
_ENGINE: Final = "Athena engine version 3"


class InvalidRequestError(JsonRESTError):
    """Athena's answer to nearly everything that is wrong."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)


def queries_of(backend: AthenaBackend) -> dict[str, Query]:
    """Return the executions that are kept with a backend, by id, oldest first; they are remembered with it."""
    kept: dict[str, Query] = vars(backend).setdefault("rehearsal", {})
    return kept


class AthenaGroups(AthenaResponse):
    """Answers for workgroups and saved queries."""

    # ------------------------------------------------------------------------------------------------ workgroups

    def create_work_group(self) -> ActionResult:
        """Create a workgroup of a new name."""
        name = str(self._get_param("Name"))
        if not re.fullmatch(r"[a-zA-Z0-9._-]{1,128}", name):
            raise InvalidRequestError(f"Invalid workgroup name: {name}")
        if name in self.athena_backend.work_groups:
            raise InvalidRequestError("WorkGroup is already created")
        configuration = dict(self._get_param("Configuration") or {})
        _check_cutoff(configuration)
        self.athena_backend.create_work_group(
            name, configuration, self._get_param("Description") or "", self._get_param("Tags") or []
        )
        _complete(self._group(name), pace.now())
        return EmptyResult()

    def get_work_group(self) -> ActionResult:
        """Return a workgroup."""
        group = self._group(str(self._get_param("WorkGroup")))
        return ActionResult(
            {
                "WorkGroup": {
                    "Name": group.name,
                    "State": group.state,
                    "Configuration": group.configuration,
                    "Description": group.description,
                    "CreationTime": vars(group).get("created", pace.now()),
                }
            }
        )

    def list_work_groups(self) -> ActionResult:
        """Return all workgroups."""
        groups = sorted(self.athena_backend.work_groups.values(), key=lambda group: group.name)
        return ActionResult(
            {
                "WorkGroups": [
                    {
                        "Name": group.name,
                        "State": group.state,
                        "Description": group.description,
                        "CreationTime": vars(group).get("created", pace.now()),
                        "EngineVersion": group.configuration.get("EngineVersion"),
                    }
                    for group in groups
                ]
            }
        )

    def update_work_group(self) -> ActionResult:
        """Change what is named."""
        group = self._group(str(self._get_param("WorkGroup")))
        updates = dict(self._get_param("ConfigurationUpdates") or {})
        _check_cutoff(updates)
        if self._get_param("Description") is not None:
            group.description = self._get_param("Description")
        if self._get_param("State"):
            group.state = self._get_param("State")
        results = updates.pop("ResultConfigurationUpdates", None)
        if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
            group.configuration.pop("BytesScannedCutoffPerQuery", None)
        group.configuration.update(updates)
        if results is not None:
            kept = dict(group.configuration.get("ResultConfiguration") or {})
            for removal, field in _REMOVALS.items():
                if results.pop(removal, False):
                    kept.pop(field, None)
            group.configuration["ResultConfiguration"] = {**kept, **results}
        _complete(group, vars(group).get("created", pace.now()))
        return EmptyResult()

    def delete_work_group(self) -> ActionResult:
        """Delete a workgroup; one that holds queries goes only with all of them."""
        name = str(self._get_param("WorkGroup"))
        if name == "primary":
            raise InvalidRequestError("The primary workgroup cannot be deleted")
        group = self._group(name)
        saved = [query.id for query in self.athena_backend.named_queries.values() if query.workgroup.name == name]
        ran = [query.id for query in self._queries.values() if query.workgroup == name]
        if (saved or ran) and not self._get_param("RecursiveDeleteOption"):
            raise InvalidRequestError(f"WorkGroup {name} is not empty")
        for query_id in saved:
            del self.athena_backend.named_queries[query_id]
        for query_id in ran:
            del self._queries[query_id]
        self.athena_backend.tagger.delete_all_tags_for_resource(group.arn)
        del self.athena_backend.work_groups[name]
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """Return a workgroup's tags, none included."""
        arn = str(self._get_param("ResourceARN"))
        known = [*self.athena_backend.work_groups.values(), *self.athena_backend.data_catalogs.values()]
        if arn not in {each.arn for each in known}:
            raise JsonRESTError("ResourceNotFoundException", f"Athena Resource, {arn} Does Not Exist")
        return ActionResult(self.athena_backend.tagger.list_tags_for_resource(arn))

    # ------------------------------------------------------------------------------------------------ saved queries

    def create_named_query(self) -> ActionResult:
        """Save a query."""
        group = self._group(str(self._get_param("WorkGroup") or "primary"))
        query_id = self.athena_backend.create_named_query(
            self._get_param("Name"),
            self._get_param("Description"),
            self._get_param("Database"),
            self._get_param("QueryString"),
            group.name,
        )
        return ActionResult({"NamedQueryId": query_id})

    def get_named_query(self) -> ActionResult:
        """Return a saved query."""
        return ActionResult({"NamedQuery": self._named(str(self._get_param("NamedQueryId")))})

    def batch_get_named_query(self) -> ActionResult:
        """Return several saved queries."""
        ids, known = list(self._get_param("NamedQueryIds")), self.athena_backend.named_queries
        missing = [
            {"NamedQueryId": each, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"NamedQuery {each} does not exist"}
            for each in ids
            if each not in known
        ]
        found = [self._named(each) for each in ids if each in known]
        return ActionResult({"NamedQueries": found, "UnprocessedNamedQueryIds": missing})

    def update_named_query(self) -> ActionResult:
        """Change a saved query's name, description or text."""
        query_id = str(self._get_param("NamedQueryId"))
        self._named(query_id)
        query = self.athena_backend.named_queries[query_id]
        query.name = self._get_param("Name")
        query.query_string = self._get_param("QueryString")
        if self._get_param("Description") is not None:
            query.description = self._get_param("Description")
        return EmptyResult()

    def delete_named_query(self) -> ActionResult:
        """Delete a saved query."""
        query_id = str(self._get_param("NamedQueryId"))
        self._named(query_id)
        del self.athena_backend.named_queries[query_id]
        return EmptyResult()

    def _named(self, query_id: str) -> dict[str, object]:
        query = self.athena_backend.named_queries.get(query_id)
        if query is None:
            raise InvalidRequestError(f"NamedQuery {query_id} does not exist")
        return {
            "Name": query.name,
            "Description": query.description,
            "Database": query.database,
            "QueryString": query.query_string,
            "NamedQueryId": query.id,
            "WorkGroup": query.workgroup.name,
        }

    # ------------------------------------------------------------------------------------------------ shared

    @property
    def _queries(self) -> dict[str, Query]:
        return queries_of(self.athena_backend)

    def _group(self, name: str) -> WorkGroup:
        found: WorkGroup | None = self.athena_backend.work_groups.get(name)
        if found is None:
            raise InvalidRequestError(f"WorkGroup {name} is not found.")
        return found


def _check_cutoff(configuration: Mapping[str, Any]) -> None:
    cutoff = configuration.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and cutoff < _LEAST_CUTOFF:
        raise InvalidRequestError(f"BytesScannedCutoffPerQuery must be at least {_LEAST_CUTOFF}")


def _complete(group: WorkGroup, created: float) -> None:
    """Fill in what Athena fills in."""
    vars(group)["created"] = created
    engine = dict(group.configuration.get("EngineVersion") or {})
    engine.setdefault("SelectedEngineVersion", "AUTO")
    group.configuration["EngineVersion"] = {**engine, "EffectiveEngineVersion": _ENGINE}
