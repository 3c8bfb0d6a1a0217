"""What DMS keeps, in one backend per region: things by ARN, each with its life, and how they are asked for.

The stock backend steps its states by who looks, answers times as text and knows neither certificates nor events;
nothing of it is used but its place.
"""

import json
import secrets
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast

import moto.dms.urls
from moto.core.exceptions import JsonRESTError
from moto.core.resource_tagging import TaggedResource
from moto.dms.models import DatabaseMigrationServiceBackend

from autocorp_wizard.core.events import Json
from autocorp_wizard.rehearsal.pace import Span, now

if TYPE_CHECKING:
    from autocorp_wizard.rehearsal.services.dms_task_life import Task

Asked = Mapping[str, Json]
Document = dict[str, object]

GONE: Final = "gone"
# As DescribeAccountAttributes tells them; the defaults of an account.
QUOTAS: Final = {
    "ReplicationInstances": 60,
    "AllocatedStorage": 30_000,
    "Endpoints": 1_000,
    "ReplicationTasks": 600,
    "ReplicationSubnetGroups": 60,
    "SubnetsPerReplicationSubnetGroup": 60,
    "EndpointsPerReplicationInstance": 100,
    "Certificates": 100,
    "EventSubscriptions": 60,
}
_PAGE: Final = 100
_LETTERS: Final = string.ascii_uppercase + string.digits
_MAX_EVENTS: Final = 2_000


class Fault(JsonRESTError):  # noqa: N818  (AWS's own word)
    """An error as DMS words it: `ResourceNotFoundFault` and the like."""

    code = 400

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message)


@dataclass(slots=True)
class Life:
    """A state, and what it becomes when a span is over."""

    state: str
    becomes: str = ""
    span: Span | None = None

    @classmethod
    def passing(cls, state: str, becomes: str, seconds: float) -> "Life":
        """Be in `state` for so many seconds of AWS."""
        return cls(state, becomes, Span.start(seconds))

    @property
    def present(self) -> str:
        """The state at this moment."""
        if self.span is not None and self.span.over:
            self.state, self.becomes, self.span = self.becomes, "", None
        return self.state


@dataclass(slots=True)
class Thing:
    """Something with an ARN: instance, endpoint, subnet group, certificate or subscription, as described."""

    kind: str
    name: str
    arn: str
    document: Document
    life: Life
    born: float = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of an instance or a task; `event_id` and `arn` are there for those that EventBridge hears of."""

    source: str
    source_type: str
    category: str
    message: str
    at: float
    event_id: str = ""
    arn: str = ""


class RehearsalDms(DatabaseMigrationServiceBackend):
    """Everything that DMS keeps in one region."""

    SERVICE_NAMESPACE = "dms"
    _url_module = moto.dms.urls

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.things: dict[str, Thing] = {}
        self.tasks: dict[str, Task] = {}
        self.tests: dict[tuple[str, str], Thing] = {}
        self.happened: list[Happened] = []

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of something here."""
        return f"arn:{self.partition}:dms:{self.region_name}:{self.account_id}:{kind}:{name}"

    def living(self, kind: str) -> list[Thing]:
        """Return the things of a kind that are not gone."""
        for arn in [arn for arn, thing in self.things.items() if thing.life.present == GONE]:
            del self.things[arn]
            self.tagger.delete_all_tags_for_resource(arn)
        return [thing for thing in self.things.values() if thing.kind == kind]

    def thing(self, kind: str, arn: str) -> Thing:
        """Return one thing by its ARN. Raises ResourceNotFoundFault."""
        found = next((thing for thing in self.living(kind) if thing.arn == arn), None)
        if found is None:
            raise Fault("ResourceNotFoundFault", f"{_WORDS[kind]} {arn} not found.")
        return found

    def add(self, thing: Thing, asked: Asked, quota: str) -> Thing:
        """Keep something new with its tags. Raises where its name is taken or the quota is reached."""
        living = self.living(thing.kind)
        if any(other.name == thing.name or other.arn == thing.arn for other in living):
            raise Fault("ResourceAlreadyExistsFault", f"{_WORDS[thing.kind]} {thing.name} already exists.")
        if len(living) >= QUOTAS[quota]:
            raise Fault("ResourceQuotaExceededFault", f"You have reached the quota of {QUOTAS[quota]} {quota}.")
        self.things[thing.arn] = thing
        self.tag(thing.arn, asked)
        return thing

    def tag(self, arn: str, asked: Asked) -> None:
        """Put the tags of a call on something."""
        self.tagger.tag_resource(arn, cast("list[dict[str, str]]", asked.get("Tags") or []))

    def note(
        self, source: str, source_type: str, category: str, message: str, *, event_id: str = "", arn: str = ""
    ) -> None:
        """Remember an event."""
        self.happened.append(Happened(source, source_type, category, message, now(), event_id, arn))
        del self.happened[:-_MAX_EVENTS]

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield what has an ARN, with its tags."""
        kinds = {"rep": "replication-instance", "subgrp": "replication-subnet-group", "es": "event-subscription"}
        for arn in [*self.things, *self.tasks]:
            kind = arn.split(":")[5]
            yield TaggedResource(
                arn=arn, tags=self.tagger.get_tag_dict_for_resource(arn), resource_type=f"dms:{kinds.get(kind, kind)}"
            )


_WORDS: Final = {
    "cert": "Certificate",
    "endpoint": "Endpoint",
    "es": "Event subscription",
    "rep": "Replication instance",
    "subgrp": "Replication subnet group",
}


Action = Callable[[RehearsalDms, Asked], Document]


def text(asked: Asked, name: str, default: str = "") -> str:
    """Return a parameter as text."""
    value = asked.get(name)
    return default if value is None else str(value)


def texts(asked: Asked, name: str) -> list[str]:
    """Return a parameter that is a list of texts."""
    value = asked.get(name)
    return [str(each) for each in value] if isinstance(value, list) else []


def structure(asked: Asked, name: str) -> dict[str, Json]:
    """Return a parameter that is a structure; empty where it was not given."""
    value = asked.get(name)
    return dict(value) if isinstance(value, dict) else {}


def given(asked: Asked, *names: str) -> Document:
    """Return those of the parameters that were given."""
    return {name: asked[name] for name in names if asked.get(name) is not None}


def moment(at: float) -> datetime:
    """Return a time as the serialiser takes it."""
    return datetime.fromtimestamp(at, UTC)


def unique_part(asked: Asked) -> str:
    """Return the last part of a new ARN: ResourceIdentifier where it was given, else drawn by lot."""
    return text(asked, "ResourceIdentifier") or "".join(secrets.choice(_LETTERS) for _ in range(26))


def filtered(entries: Sequence[Document], asked: Asked, fields: Mapping[str, str], missing: str = "") -> list[Document]:
    """Apply the Filters of a call; `fields` maps a filter's name to the entry's field.

    With `missing`, finding nothing by a filter is ResourceNotFoundFault with that text, as most listings of DMS do it.
    """
    found = list(entries)
    filters = cast("list[dict[str, Json]]", asked.get("Filters") or [])
    for each in filters:
        name, values = text(each, "Name"), texts(each, "Values")
        if name not in fields:
            raise Fault("InvalidParameterValueException", f"Filter {name} is not supported.")
        found = [entry for entry in found if str(entry.get(fields[name])) in values]
    if filters and missing and not found:
        raise Fault("ResourceNotFoundFault", missing)
    return found


def paged(entries: Sequence[Document], asked: Asked, name: str) -> Document:
    """Return one page of a listing, with a Marker where more follows."""
    limit = asked.get("MaxRecords")
    size = limit if isinstance(limit, int) else _PAGE
    if not 20 <= size <= 100:
        raise Fault("InvalidParameterValueException", "Invalid MaxRecords: it must lie between 20 and 100.")
    marker = text(asked, "Marker", "0")
    if not marker.isdecimal():
        raise Fault("InvalidParameterValueException", "The given Marker is not valid.")
    start = int(marker)
    page: Document = {name: list(entries[start : start + size])}
    return page | ({"Marker": str(start + size)} if start + size < len(entries) else {})


def add_tags(backend: RehearsalDms, asked: Asked) -> Document:
    """AddTagsToResource."""
    backend.tag(_tagged(backend, text(asked, "ResourceArn")), asked)
    return {}


def remove_tags(backend: RehearsalDms, asked: Asked) -> Document:
    """RemoveTagsFromResource."""
    arn = _tagged(backend, text(asked, "ResourceArn"))
    backend.tagger.untag_resource_using_names(arn, texts(asked, "TagKeys"))
    return {}


def list_tags(backend: RehearsalDms, asked: Asked) -> Document:
    """ListTagsForResource."""
    arns = texts(asked, "ResourceArnList") or [text(asked, "ResourceArn")]
    found: list[Document] = []
    for arn in arns:
        tags = backend.tagger.get_tag_dict_for_resource(_tagged(backend, arn))
        found += [{"Key": key, "Value": value, "ResourceArn": arn} for key, value in sorted(tags.items())]
    return {"TagList": found}


def describe_account_attributes(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeAccountAttributes: quotas and how much of each is used."""
    del asked
    instances = backend.living("rep")
    used = {
        "ReplicationInstances": len(instances),
        "AllocatedStorage": sum(int(str(each.document["AllocatedStorage"])) for each in instances),
        "Endpoints": len(backend.living("endpoint")),
        "ReplicationTasks": len(backend.tasks),
        "ReplicationSubnetGroups": len(backend.living("subgrp")),
        "Certificates": len(backend.living("cert")),
        "EventSubscriptions": len(backend.living("es")),
    }
    quotas = [{"AccountQuotaName": name, "Used": used.get(name, 0), "Max": most} for name, most in QUOTAS.items()]
    return {"AccountQuotas": quotas, "UniqueAccountIdentifier": f"s-{backend.account_id}"}


def _tagged(backend: RehearsalDms, arn: str) -> str:
    if arn not in backend.things and arn not in backend.tasks:
        raise Fault("ResourceNotFoundFault", f"The resource {arn} could not be found.")
    return arn


def parsed(document: str, what: str) -> dict[str, Json]:
    """Return a JSON object that came as text. Raises as DMS does where it is none."""
    try:
        found = json.loads(document)
    except ValueError as cause:
        raise Fault("InvalidParameterValueException", f"Invalid {what} document: {cause}.") from cause
    if not isinstance(found, dict):
        raise Fault("InvalidParameterValueException", f"Invalid {what} document: it is no object.")
    return found


ACTIONS: Final[Mapping[str, Action]] = {
    "AddTagsToResource": add_tags,
    "DescribeAccountAttributes": describe_account_attributes,
    "ListTagsForResource": list_tags,
    "RemoveTagsFromResource": remove_tags,
}
