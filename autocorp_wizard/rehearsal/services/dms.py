"""DMS: instances, endpoints, tasks and what they tell, over the real source and the roles' real permissions."""

import json
from collections.abc import Iterator
from threading import RLock
from typing import Final, cast

import moto.dms.urls
from botocore.session import get_session
from botocore.validate import ParamValidator
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.dms.models import dms_backends
from moto.dms.responses import DatabaseMigrationServiceResponse

from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.metrics import MetricPoint, StateChange
from autocorp_wizard.rehearsal.services import (
    dms_endpoints,
    dms_events,
    dms_instances,
    dms_metrics,
    dms_statistics,
    dms_store,
    dms_tasks,
    replace_backend,
)
from autocorp_wizard.rehearsal.services.dms_store import Action, Asked, Fault, RehearsalDms

ACTIONS: Final[dict[str, Action]] = {
    **dms_endpoints.ACTIONS,
    **dms_events.ACTIONS,
    **dms_instances.ACTIONS,
    **dms_statistics.ACTIONS,
    **dms_store.ACTIONS,
    **dms_tasks.ACTIONS,
}
# A call may talk to the source and change several things: one at a time.
_ONE_AT_A_TIME: Final = RLock()
_MODEL: Final = get_session().get_service_model("dms")


class RehearsalDmsResponse(DatabaseMigrationServiceResponse):
    """Answers every action from our own tables; what is not there is not emulated, whatever the stock service says."""

    def call_action(self) -> TYPE_RESPONSE:
        """Answer one call."""
        name = str(self._get_action())
        action = ACTIONS.get(name)
        if action is None:
            raise NotImplementedError(name)
        try:
            asked: Asked = json.loads(self.body or "{}")
            _validate(name, asked)
            with _ONE_AT_A_TIME:
                backend = cast("RehearsalDms", dms_backends[self.current_account][self.region])
                answer = self.serialized(ActionResult(action(backend, asked)))
        except Fault as fault:
            return int(fault.code), {**dict(fault.get_headers() or []), "status": str(fault.code)}, fault.description
        return answer


def _validate(name: str, asked: Asked) -> None:
    """Compare parameters with the service's model. Raises as DMS does."""
    shape = _MODEL.operation_model(name).input_shape
    if shape is None:
        return
    # Times travel as numbers, and the validator takes those too.
    report = ParamValidator().validate(asked, shape)
    if report.has_errors():
        raise Fault("ValidationException", f"1 validation error detected: {report.generate_report()}")


def metric_points(since: float, until: float) -> Iterator[MetricPoint]:
    """Yield DMS's figures in a span of time, in epoch seconds."""
    with _ONE_AT_A_TIME:
        found = [point for backend in _backends() for point in dms_metrics.points(backend, since, until)]
    yield from found


def state_changes(since: float, until: float) -> Iterator[StateChange]:
    """Yield what EventBridge hears of DMS in a span of time, in epoch seconds."""
    with _ONE_AT_A_TIME:
        found = [change for backend in _backends() for change in dms_events.changes(backend, since, until)]
    yield from found


def _backends() -> list[RehearsalDms]:
    return [backend for backend in dms_backends[ACCOUNT_ID].values() if isinstance(backend, RehearsalDms)]


def install() -> None:
    """Put the extended service and backend in the stock ones' place."""
    replace_backend(dms_backends, RehearsalDms)
    paths = moto.dms.urls.url_paths
    for path in paths:
        paths[path] = RehearsalDmsResponse.dispatch
