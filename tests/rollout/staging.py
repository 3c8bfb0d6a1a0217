"""A context whose cloud answers by rote and whose recorder keeps events in a list: for what works around Terraform."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.statefile import RemoteState, StateResource
from autocorp_wizard.rollout.context import Context, Shared
from autocorp_wizard.rollout.recorder import Recorder, StepNote

Answer = Mapping[str, object] | Exception
Cloud = Callable[[str, Mapping[str, object]], Answer]


def denied(action: str) -> CloudError:
    """AWS refuses an action."""
    return CloudError("AUTH-DENIED", f"AWS refused {action}.", aws_code="AccessDeniedException", status=400)


def missing(what: str) -> CloudError:
    """AWS knows no such thing."""
    return CloudError("AWS-MISSING", f"{what} does not exist.", aws_code="ResourceNotFoundFault", status=400)


@dataclass
class FakeAccess:
    """Answers `OPERATION` from a function; every call is noted."""

    cloud: Cloud
    calls: list[str] = field(default_factory=list)
    account_id: str = "999999999999"

    def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
        """One call."""
        self.calls.append(operation)
        answer = self.cloud(operation, {"service": service, **parameters})
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    def pages(self, service: str, operation: str, **parameters: object) -> Iterator[dict[str, object]]:
        """One page."""
        yield self.call(service, operation, **parameters)


@dataclass
class FakeRecorder:
    """Keeps what is recorded; `wish` is what somebody asked of the run."""

    events: list[ev.Event] = field(default_factory=list)
    wish: WizardError | None = None

    def record(self, event: ev.Event) -> None:
        """Keep it."""
        self.events.append(event)

    @contextmanager
    def step(self, name: str, sentence: str) -> Iterator[StepNote]:
        """Keep the start and the end."""
        self.record(ev.StepStarted(step=name, sentence=sentence))
        note, ok = StepNote(), False
        try:
            yield note
            ok = True
        finally:
            self.record(ev.StepFinished(step=name, ok=ok, note=note.text))

    def stop_if_wished(self) -> None:
        """Raise what was wished."""
        if self.wish is not None:
            raise self.wish

    def of(self, *kinds: type[ev.Event]) -> list[ev.Event]:
        """The events of these kinds."""
        return [event for event in self.events if isinstance(event, kinds)]


@dataclass
class FakeStore:
    """A remote state that is just there."""

    state: RemoteState | None

    def bucket_exists(self) -> bool:
        """Yes."""
        return True

    def read(self) -> RemoteState | None:
        """The state."""
        return self.state


@dataclass
class FakeShared:
    """What a runner resolves once."""

    environment: Environment
    access: FakeAccess
    state_store: FakeStore


def nothing_known(operation: str, _: Mapping[str, object]) -> Answer:
    """A cloud in which nothing exists."""
    return missing(operation)


def context(
    home: Path,
    *,
    cloud: Cloud = nothing_known,
    state: RemoteState | None = None,
    environment: Environment | None = None,
    request: Request | None = None,
) -> tuple[Context, FakeRecorder, FakeAccess]:
    """A context of the rehearsal environment on such a cloud."""
    recorder, access = FakeRecorder(), FakeAccess(cloud)
    shared = FakeShared(environment or rehearsal_environment(Preset.DEV), access, FakeStore(state))
    wanted = request or Request(operation=ev.Operation.PLAN, environment="rehearsal")
    return Context(Home(home), wanted, cast("Recorder", recorder), {}, cast("Shared", shared)), recorder, access


OUTPUTS: Mapping[str, ev.Json] = {
    "dms_replication_instance_arn": "arn:rep",
    "dms_source_endpoint_arn": "arn:source",
    "dms_target_endpoint_arn": "arn:target",
    "dms_replication_task_arn": "arn:task",
}


def state_of(*addresses: str, started: bool = False, outputs: Mapping[str, ev.Json] = OUTPUTS) -> RemoteState:
    """A state with these resources; a replication task is as its flag says."""
    resources = []
    for address in addresses:
        kind = address.split(".")[-2]
        attributes = {
            "id": "cdc",
            "replication_task_id": "cdc",
            "start_replication_task": "true" if started else "false",
        }
        resources.append(StateResource(address, kind, attributes if kind == "aws_dms_replication_task" else {}))
    return RemoteState(3, "lineage", "1.11.4", tuple(resources), outputs)


BUCKET = "module.s3.aws_s3_bucket.lake"
TASK = "module.dms[0].aws_dms_replication_task.this"
