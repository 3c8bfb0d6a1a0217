"""Reads the document of `terraform show -json PLANFILE`: its changes in our words, and its digest."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from autocorp_wizard.core.attributes import SENSITIVE, attribute_changes, masked, path_text
from autocorp_wizard.core.change import Change
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.phases import phase_of_address
from autocorp_wizard.core.references import References
from autocorp_wizard.core.sentences import sentence

FORMAT_MAJOR = "1"
# Shorter texts occur by chance in everything else.
_SHORTEST_SECRET = 6

_REASONS: dict[str, str] = {
    "replace_because_tainted": "is replaced because an earlier create did not finish (it is tainted)",
    "replace_because_cannot_update": "is replaced because {paths}, which cannot be done in place",
    "replace_by_request": "is replaced because that was asked for",
    "replace_by_triggers": "is replaced because something that it follows changes",
    "delete_because_no_resource_config": "is deleted because the tree does not hold it any more",
    "delete_because_no_module": "is deleted because its module is switched off or gone",
    "delete_because_wrong_repetition": "is deleted because the tree counts it differently now",
    "delete_because_count_index": "is deleted because the tree wants fewer of them",
    "delete_because_each_key": "is deleted because its key is not in the list any more",
    "delete_because_no_move_target": "is deleted because the place that it was moved to is gone",
}
_NAME_KEYS = frozenset({"id", "arn", "name", "bucket", "key", "role", "rule", "workgroup", "endpoint", "protocol"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """One element of `resource_changes`, taken apart."""

    raw: dict[str, Json]
    change: dict[str, Json]
    action: Action

    @property
    def address(self) -> str:
        return _text(self.raw, "address")

    @property
    def deposed(self) -> bool:
        return bool(_text(self.raw, "deposed"))


def read_changes(document: Mapping[str, Json]) -> tuple[Change, ...]:
    """Return what the plan does to resources, by address; data sources and untouched resources are left out."""
    entries = _hide(_entries(document), _sensitive_texts(document))
    live = [entry for entry in entries if not entry.deposed]
    shown = {entry.address for entry in live if _matters(entry)}
    old = Counter(entry.address for entry in entries if entry.deposed)
    references = References(document)
    changes = [_change(entry, old[entry.address], references) for entry in live if _matters(entry)]
    # What an interrupted replacement left behind has the address of the living object; alone it is a change.
    first = {entry.address: entry for entry in reversed(entries) if entry.deposed}
    changes += [
        _change(entry, old[address] - 1, references) for address, entry in first.items() if address not in shown
    ]
    return tuple(sorted(changes, key=lambda change: change.address))


def changed_outputs(document: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the names of the outputs that the plan changes."""
    return tuple(sorted(_output_changes(document)))


def plan_digest(
    document: Mapping[str, Json], *, environment: str, stage: str, snapshot_hash: str, variables: Mapping[str, Json]
) -> str:
    """Return 64 hex digits over everything that an approval is for.

    Same whatever the order of the document and the time of planning: two plans of the same change have one digest.
    Secret and ephemeral variables are left out; sensitive attributes count, so that a change of one needs a new
    approval.
    """
    secret = _secret_variables(document)
    given = {key: _mapping(value).get("value") for key, value in _mapping(document.get("variables")).items()}
    given |= dict(variables)
    body: dict[str, Json] = {
        "environment": environment,
        "stage": stage,
        "snapshot": snapshot_hash,
        "terraform": document.get("terraform_version"),
        "variables": {key: value for key, value in given.items() if key not in secret},
        "changes": sorted(
            (
                cast(
                    "Json",
                    [
                        entry.address,
                        _text(entry.raw, "deposed"),
                        _text(entry.raw, "previous_address"),
                        _text(entry.raw, "provider_name"),
                        cast("Json", entry.change),
                    ],
                )
                for entry in _entries(document, reads=True)
                if _matters(entry)
            ),
            key=json.dumps,
        ),
        "outputs": dict(_output_changes(document)),
    }
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_document(document: Mapping[str, Json]) -> None:
    """Raise WizardError for a plan that failed and for another major format."""
    version = _text(document, "format_version")
    if version.split(".", 1)[0] != FORMAT_MAJOR:
        raise WizardError(
            "PLAN-FORMAT-UNKNOWN",
            f"Terraform describes its plan in format {version or 'unknown'}; this wizard reads format {FORMAT_MAJOR}.",
            next_step="Upgrade autocorp-wizard, or use the Terraform release that it installs.",
        )
    if document.get("errored") is True:
        raise WizardError(
            "PLAN-ERRORED",
            "Terraform could not finish this plan.",
            why="A plan with errors is incomplete; nobody can approve it.",
            next_step="See the errors above, mend their cause, and plan again.",
        )


def _entries(document: Mapping[str, Json], *, reads: bool = False) -> list[_Entry]:
    found: list[_Entry] = []
    changes = document.get("resource_changes")
    for item in changes if isinstance(changes, list) else []:
        raw = _mapping(item)
        change = _mapping(raw.get("change"))
        action = _action(change)
        if reads or (raw.get("mode") != "data" and action is not Action.READ):
            found.append(_Entry(raw, change, action))
    return found


def _action(change: dict[str, Json]) -> Action:
    actions = change.get("actions")
    names = frozenset(str(name) for name in actions) if isinstance(actions, list) else frozenset()
    if "create" in names and len(names) > 1:
        return Action.REPLACE
    for name in ("create", "update", "delete", "forget", "read"):
        if name in names:
            return Action(name)
    return Action.IMPORT if _mapping(change.get("importing")) else Action.NOOP


def _matters(entry: _Entry) -> bool:
    """Whether applying does anything: a no-op counts where it moves a name in the state."""
    return entry.action is not Action.NOOP or _text(entry.raw, "previous_address") not in ("", entry.address)


def _change(entry: _Entry, deposed: int, references: References) -> Change:
    raw, change = entry.raw, entry.change
    before = _mapping(masked(change.get("before"), change.get("before_sensitive")))
    after = _mapping(masked(change.get("after"), change.get("after_sensitive")))
    attributes = attribute_changes(change)
    paths = tuple(path_text(_path(item)) for item in _list(change.get("replace_paths")))
    reason = _reason(entry, paths, deposed)
    name = _text(raw, "name") + _index(raw.get("index"))
    of_type = _text(raw, "type")
    label = references.name(entry.address, of_type) or name
    return Change(
        address=entry.address,
        action=entry.action,
        module=_module(_text(raw, "module_address")),
        phase=phase_of_address(entry.address),
        resource_type=of_type,
        name=name,
        provider_name=_text(raw, "provider_name"),
        sentence=sentence(
            entry.action, of_type, label, before, after, changed=[item.path for item in attributes], reason=reason
        ),
        attributes=attributes,
        reason=reason,
        replace_paths=paths,
        identity=_identity({**before, **after}, change),
        imports=bool(_mapping(change.get("importing"))),
        deposed=deposed,
        label=label,
        before=before,
        after=after,
    )


def _reason(entry: _Entry, paths: tuple[str, ...], deposed: int) -> str:
    clauses: list[str] = []
    known = _REASONS.get(_text(entry.raw, "action_reason"), "")
    if "{paths}" in known:
        verb = " changes" if len(paths) == 1 else " change"
        known = (
            known.format(paths=" and ".join(paths) + verb)
            if paths
            else "is replaced because it cannot be changed in place"
        )
    if entry.deposed:
        known = "is what an interrupted replacement left behind"
    if known:
        clauses.append(known)
    imported = _text(_mapping(entry.change.get("importing")), "id")
    if imported:
        clauses.append(f"is taken over from the account as {imported}")
    previous = _text(entry.raw, "previous_address")
    if previous and previous != entry.address:
        clauses.append(f"was called {previous} until now")
    if deposed:
        clauses.append(f"leaves {deposed} older object{'s' if deposed > 1 else ''} to delete")
    return " and ".join(clauses)


def _identity(known: dict[str, Json], change: dict[str, Json]) -> dict[str, str]:
    """Return the names by which the object can be looked up in AWS; sensitive and unknown ones are left out."""
    marks = [_mapping(change.get(key)) for key in ("before_sensitive", "after_sensitive")]
    names: dict[str, str] = {}
    for key, value in known.items():
        wanted = key in _NAME_KEYS or key.endswith(("_id", "_name", "_arn", "_identifier"))
        if wanted and isinstance(value, str) and value and not any(mark.get(key) for mark in marks):
            names[key] = value
    tag = _mapping(known.get("tags_all")).get("Name") or _mapping(known.get("tags")).get("Name")
    if isinstance(tag, str) and tag:
        names["tags.Name"] = tag
    return names


def _output_changes(document: Mapping[str, Json]) -> dict[str, Json]:
    outputs = _mapping(document.get("output_changes"))
    return {name: value for name, value in outputs.items() if _action(_mapping(value)) is not Action.NOOP}


def _sensitive_texts(document: Mapping[str, Json]) -> frozenset[str]:
    """Return the texts that the document marks as sensitive anywhere.

    Terraform loses the mark on what a provider copies (`output` of terraform_data is one): the text itself is then
    what has to be looked for.
    """
    found: set[str] = set()
    secret = _secret_variables(document)
    for name, value in _mapping(document.get("variables")).items():
        if name in secret:
            found.update(_strings(_mapping(value).get("value"), True))
    for entry in _entries(document, reads=True):
        for side in ("before", "after"):
            found.update(_strings(entry.change.get(side), entry.change.get(f"{side}_sensitive")))
    return frozenset(text for text in found if len(text) >= _SHORTEST_SECRET)


def _strings(value: Json, marks: Json) -> Iterator[str]:
    if isinstance(value, str):
        if marks is True:
            yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, marks if marks is True else _mapping(marks).get(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            items = _list(marks)
            yield from _strings(inner, marks if marks is True else items[index] if index < len(items) else None)


def _hide(entries: list[_Entry], secrets: frozenset[str]) -> list[_Entry]:
    if not secrets:
        return entries
    return [replace(entry, change=_mapping(_without(entry.change, secrets))) for entry in entries]


def _without(value: Json, secrets: frozenset[str]) -> Json:
    if isinstance(value, str):
        return SENSITIVE if any(secret in value for secret in secrets) else value
    if isinstance(value, dict):
        return {key: _without(inner, secrets) for key, inner in value.items()}
    return [_without(inner, secrets) for inner in value] if isinstance(value, list) else value


def _secret_variables(document: Mapping[str, Json]) -> frozenset[str]:
    root = _mapping(_mapping(document.get("configuration")).get("root_module"))
    declared = {name: _mapping(value) for name, value in _mapping(root.get("variables")).items()}
    return frozenset(name for name, value in declared.items() if value.get("sensitive") or value.get("ephemeral"))


def _module(address: str) -> str:
    return address.replace("module.", "")


def _index(value: Json) -> str:
    return "" if value is None else f"[{json.dumps(value)}]"


def _path(item: Json) -> tuple[str | int, ...]:
    return tuple(part for part in _list(item) if isinstance(part, str | int))


def _text(document: Mapping[str, Json], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
