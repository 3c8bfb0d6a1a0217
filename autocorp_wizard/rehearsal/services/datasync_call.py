"""What all actions of DataSync share: the checked request, things looked up by ARN, pages, tags."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, BaseResponse
from moto.datasync.models import datasync_backends

from autocorp_wizard.rehearsal import parameters
from autocorp_wizard.rehearsal.services.datasync_models import Agent, DataSyncRefusal, Settings, Task, tags_of
from autocorp_wizard.rehearsal.services.datasync_runs import Execution
from autocorp_wizard.rehearsal.services.datasync_state import RehearsalDataSync

Found = TypeVar("Found")

_PAGE: Final = 100


class DataSyncCall(BaseResponse):
    """One call. `sent` is what the caller sent, `checked()` the same once the service's model agrees."""

    sent: Settings

    def __init__(self) -> None:
        super().__init__(service_name="datasync")

    @property
    def here(self) -> RehearsalDataSync:
        """What exists in the caller's region."""
        backend: Any = datasync_backends[self.current_account][self.region]
        found: RehearsalDataSync = backend
        return found

    def call_action(self) -> TYPE_RESPONSE:
        """Answer one call."""
        sent = json.loads(self.body or "{}")
        self.sent = sent if isinstance(sent, dict) else {}
        # The stock serialiser knows the media type of services that speak JSON only.
        self.response_headers["Content-Type"] = "application/x-amz-json-1.1"
        return super().call_action()

    def checked(self) -> Settings:
        """Return what was sent; what the service's own model refuses is refused."""
        wrong = parameters.problem("datasync", self._get_action(), self.sent)
        if wrong is not None:
            raise JsonRESTError("ValidationException", wrong)
        return self.sent

    def list_tags_for_resource(self) -> ActionResult:
        """List the tags of anything."""
        tags = [{"Key": key, "Value": value} for key, value in self._tags().items()]
        return self.page("Tags", tags)

    def tag_resource(self) -> ActionResult:
        """Tag anything."""
        self._tags().update(tags_of(self.sent.get("Tags")))
        return ActionResult({})

    def untag_resource(self) -> ActionResult:
        """Take tags from anything."""
        tags = self._tags()
        for key in self.sent["Keys"]:
            tags.pop(key, None)
        return ActionResult({})

    def _tags(self) -> dict[str, str]:
        arn = str(self.checked()["ResourceArn"])
        for known in (self.here.agents, self.here.places, self.here.transfers, self.here.runs):
            found = known.get(arn)
            if found is not None:
                return found.tags
        raise DataSyncRefusal(f"Resource {arn} is not found.", "InvalidRequest", "ResourceNotFound")

    def known(self, known: Mapping[str, Found], arn: str, what: str) -> Found:
        """Return something by its ARN; what is not there is refused."""
        found = known.get(arn)
        if found is None:
            raise DataSyncRefusal(f"{what} {arn} is not found.", "InvalidRequest", f"{what}NotFound")
        return found

    def agent(self, arn: str) -> Agent:
        """Return an agent."""
        found = self.here.agents.get(arn)
        if found is None:
            raise DataSyncRefusal(f"Agent {arn} does not exist.", "InvalidRequest", "AgentNotFound")
        return found

    def task(self) -> Task:
        """Return the task that the call names."""
        return self.known(self.here.transfers, str(self.checked()["TaskArn"]), "Task")

    def run(self) -> Execution:
        """Return the execution that the call names."""
        return self.known(self.here.runs, str(self.checked()["TaskExecutionArn"]), "TaskExecution")

    def page(self, name: str, entries: Sequence[object]) -> ActionResult:
        """Answer with one page of a list."""
        sent = self.checked()
        size = min(int(sent.get("MaxResults") or _PAGE), _PAGE)
        try:
            start = int(sent.get("NextToken") or 0)
        except ValueError:
            raise DataSyncRefusal("The token is not valid.", "InvalidRequest", "InvalidNextToken") from None
        following = str(start + size) if start + size < len(entries) else None
        return ActionResult({name: list(entries[start : start + size]), "NextToken": following})
