"""Does it exist? Asks AWS for a resource that was in flight when Terraform was killed, by its name or `Name` tag.

Three answers: it exists and this is its import id; it does not exist; it could not be looked up, so nothing is
claimed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.imports import import_id, rule_for
from autocorp_wizard.rollout.finders import FINDERS, READY, TAG_FINDERS, Finder, TagFinder

_PLACE: Final = re.compile(r"\{([.\w]+)\}")
_ADDRESS: Final = re.compile(r"^(?P<module>(?:module\.[^.]+\.)*)(?P<type>\w+)\.(?P<name>[\w-]+)(?P<index>\[.+\])?$")

_ASSOCIATION: Final = "aws_route_table_association"
_NAMED_QUERY: Final = "aws_athena_named_query"

# A name that is an id of something else, known only once that exists: by type, the name and what it is the id of.
_OF_ANOTHER: Final = {
    _NAMED_QUERY: ("workgroup", "aws_athena_workgroup"),
    "aws_sns_topic_subscription": ("topic_arn", "aws_sns_topic"),
}

# The names that a type's finder may want; for all of them the id is the name.
_CALLED: Final = (
    "id",
    "name",
    "bucket",
    "replication_instance_id",
    "replication_subnet_group_id",
    "replication_task_id",
    "certificate_id",
    "endpoint_id",
)

Entry = Mapping[str, object]


class Planned(Protocol):
    """As much of a planned change (core/change.py) as a look-up needs."""

    @property
    def address(self) -> str: ...
    @property
    def resource_type(self) -> str: ...
    @property
    def identity(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """`import_id` is empty where it does not exist, or where `inconclusive` says that nobody knows; `note` says why."""

    import_id: str = ""
    inconclusive: bool = False
    note: str = ""


def find_in_flight(access: CloudAccess, change: Planned, existing: Mapping[str, str] | None = None) -> Verdict:
    """Look for what a planned creation may have made before it was cut short.

    `existing` are the ids of what is known to exist, by address: what has no name is found by what it connects.
    """
    rule = rule_for(change.resource_type)
    if rule.overwrites:
        return Verdict(note=rule.overwrites)
    try:
        found = list(_search(access, change, existing or {}))
    except _UnknownNameError as error:
        return Verdict(inconclusive=True, note=f"Its {error} was not known before the apply.")
    except CloudError as error:
        return Verdict(inconclusive=True, note=str(error))
    if len(found) > 1:
        return Verdict(inconclusive=True, note=f"{len(found)} of that name exist: {', '.join(sorted(found))}.")
    return Verdict(found[0]) if found else Verdict()


def _search(access: CloudAccess, change: Planned, existing: Mapping[str, str]) -> Iterator[str]:
    kind, names = change.resource_type, dict(change.identity) | {"account": access.account_id}
    name, other = _OF_ANOTHER.get(kind, ("", ""))
    if name and not names.get(name):
        names[name] = _neighbour(change.address, other, existing)
    if kind in FINDERS:
        yield from _found(access, FINDERS[kind], names)
    elif kind in TAG_FINDERS:
        yield from _by_tag(access, TAG_FINDERS[kind], names)
    elif kind == _ASSOCIATION:
        subnet = _sibling(change.address, "aws_subnet", existing)
        if not subnet:
            raise _UnknownNameError("subnet")
        found = _association(access, "association.subnet-id", subnet).import_id
        yield from [found] if found else []
    elif kind == _NAMED_QUERY:
        yield from _named_query(access, _filled("{workgroup}", names), _filled("{name}", names))
    else:
        raise _UnknownNameError(f"way to be looked for ({kind})")


def find_import_id(
    access: CloudAccess, resource_type: str, id_key: str, id_value: str, identity: Mapping[str, str]
) -> Verdict:
    """Return the import id of a resource that a journal says was finished; AWS is asked only for what it lacks."""
    known = import_id(resource_type, id_key, id_value, identity)
    if known:
        return Verdict(known)
    rule = rule_for(resource_type)
    if not rule.template or resource_type != _ASSOCIATION:
        return Verdict(inconclusive=not (rule.overwrites or rule.why_not), note=rule.why_not or rule.overwrites)
    try:
        return _association(access, "association.route-table-association-id", id_value)
    except CloudError as error:
        return Verdict(inconclusive=True, note=str(error))


class Standing(StrEnum):
    """How a resource stands in AWS: it can be kept, AWS is still making it, or neither (or nobody knows)."""

    READY = "ready"
    COMING = "coming"
    NOT = "not"


def is_usable(access: CloudAccess, resource_type: str, resource_id: str) -> bool:
    """Whether a resource exists and is ready, so that it can be kept instead of replaced. In doubt: no."""
    return standing(access, resource_type, resource_id) is Standing.READY


def standing(access: CloudAccess, resource_type: str, resource_id: str) -> Standing:
    """Return how a resource stands. What AWS refuses to tell counts as NOT: it is then replaced, never kept wrongly."""
    names = {"account": access.account_id} | dict.fromkeys(_CALLED, resource_id)
    if resource_id.startswith(f"{access.account_id}:"):  # the catalogue's and the budgets' ids carry the account
        names["name"] = resource_id.partition(":")[2]
    try:
        readiness = READY.get(resource_type)
        if readiness is None:
            found = resource_type in FINDERS and bool(list(_found(access, FINDERS[resource_type], names)))
            return Standing.READY if found else Standing.NOT
        entries = list(_living(access, readiness.finder, names))
    except (CloudError, _UnknownNameError):
        return Standing.NOT
    words = {str(entry.get(readiness.field)) for entry in entries} if readiness.field else set[str]()
    if entries and words <= set(readiness.ready):
        return Standing.READY
    return Standing.COMING if words and words <= {*readiness.ready, *readiness.coming} else Standing.NOT


class _UnknownNameError(Exception):
    """A name that a finder needs is not in the plan."""


def _found(access: CloudAccess, finder: Finder, names: Mapping[str, str]) -> Iterator[str]:
    for entry in _living(access, finder, names):
        yield _filled(finder.gives, names, entry)


def _living(access: CloudAccess, finder: Finder, names: Mapping[str, str]) -> Iterator[Entry]:
    """Yield the entries that match and are not on their way out."""
    wanted = {name: _filled(template, names) for name, template in finder.matches.items()}
    parameters = cast("dict[str, object]", _fill_in(finder.parameters, names))
    try:
        for page in access.pages(finder.service, finder.operation, **parameters):
            for entry in _entries(page, finder.entries):
                if all(_equal(entry.get(name), value) for name, value in wanted.items()) and not _leaving(
                    entry, finder
                ):
                    yield entry
    except CloudError as error:
        if not error.is_missing:
            raise


def _by_tag(access: CloudAccess, finder: TagFinder, names: Mapping[str, str]) -> Iterator[str]:
    wanted = _filled("{tags.Name}", names)
    for page in access.pages(finder.service, finder.listing):
        for entry in _entries(page, finder.entries):
            found = str(entry[finder.id_field])
            try:
                answer = access.call(finder.service, finder.tag_operation, **{finder.asks_by: found})
            except CloudError as error:
                # Keys of AWS itself, and what vanished meanwhile.
                if error.is_missing or error.code == "AUTH-DENIED":
                    continue
                raise
            tags = {str(tag[finder.key]): str(tag.get(finder.value)) for tag in _entries(answer, finder.tags)}
            if tags.get("Name") != wanted:
                continue
            if finder.alive is None or list(_living(access, finder.alive, {"id": found})):
                yield found


def _named_query(access: CloudAccess, workgroup: str, name: str) -> Iterator[str]:
    """A saved query is listed by its id alone; its name takes a second question."""
    try:
        pages = list(access.pages("athena", "list_named_queries", WorkGroup=workgroup))
    except CloudError as error:
        if error.is_missing or error.aws_code == "InvalidRequestException":  # Athena's word for an unknown workgroup
            return
        raise
    for page in pages:
        ids = page.get("NamedQueryIds")
        for found in map(str, ids if isinstance(ids, list) else ()):
            answer = access.call("athena", "get_named_query", NamedQueryId=found)
            yield from (found for entry in _entries(answer, "NamedQuery") if entry.get("Name") == name)


def _association(access: CloudAccess, filter_name: str, value: str) -> Verdict:
    """A subnet's association with a route table is imported by the two, not by its own id."""
    fields = ("SubnetId",) if filter_name.endswith("subnet-id") else ("RouteTableAssociationId",)
    for page in access.pages("ec2", "describe_route_tables", Filters=[{"Name": filter_name, "Values": [value]}]):
        for table in _entries(page, "RouteTables"):
            for each in _entries(table, "Associations"):
                if each.get("SubnetId") and any(each.get(name) == value for name in fields):
                    return Verdict(f"{each['SubnetId']}/{table['RouteTableId']}")
    return Verdict()


def _sibling(address: str, resource_type: str, existing: Mapping[str, str]) -> str:
    """Return the id of the resource of a type that stands beside `address` under the same name and index.

    Terraform starts a resource when those that it refers to are finished, so what was in flight has known neighbours.
    """
    here = _ADDRESS.match(address)
    if here is None:
        return ""
    return existing.get(f"{here['module']}{resource_type}.{here['name']}{here['index'] or ''}", "")


def _neighbour(address: str, resource_type: str, existing: Mapping[str, str]) -> str:
    """Return the id of the only resource of a type in the module of `address`, empty where there is none or several."""
    here = _ADDRESS.match(address)
    module = here["module"] if here else ""
    found = [id_ for each, id_ in existing.items() if each.startswith(f"{module}{resource_type}.")]
    return found[0] if len(found) == 1 else ""


def _leaving(entry: Entry, finder: Finder) -> bool:
    return any(
        entry.get(name) is not None and (not states or str(entry[name]) in states)
        for name, states in finder.gone.items()
    )


def _equal(found: object, wanted: str) -> bool:
    return str(found).endswith(wanted[1:]) if wanted.startswith("*") else found == wanted


def _entries(answer: Entry, path: str) -> list[Entry]:
    value: object = answer.get(path) if path else answer
    if isinstance(value, list):
        return cast("list[Entry]", value)
    return [cast("Entry", value)] if isinstance(value, dict) else []


def _fill_in(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return _filled(value, names)
    if isinstance(value, list):
        return [_fill_in(each, names) for each in value]
    if isinstance(value, Mapping):
        return {key: _fill_in(each, names) for key, each in value.items()}
    return value


def _filled(template: str, names: Mapping[str, str], entry: Entry | None = None) -> str:
    def value(place: re.Match[str]) -> str:
        name = place[1]
        found = (entry or {}).get(name[1:]) if name.startswith(".") else names.get(name)
        if not found:
            raise _UnknownNameError(name.removeprefix("tags."))
        return str(found)

    return _PLACE.sub(value, template)
