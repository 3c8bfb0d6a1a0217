"""Terraform's state as data: what exists, by which id, what is tainted, and which phases that amounts to.

Reads only what the wizard needs; secret values are not in it (they are write-only) and are never kept by this module.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self, cast

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.phases import MODULE_PHASES, Phase, owner_of_address, phase_of_address

STATE_VERSION: Final = 4

# Attributes that recovery, secrets and the inventory ask for; everything else of a resource is left out.
KEPT_ATTRIBUTES: Final = (
    "id",
    "arn",
    "name",
    "bucket",
    "key",
    "secret_string_wo_version",
    "replication_task_id",
    "start_replication_task",
    "force_destroy",
    "deletion_window_in_days",
    "recovery_window_in_days",
)


@dataclass(frozen=True, slots=True)
class StateResource:
    """One instance of a managed resource. `attributes` holds only KEPT_ATTRIBUTES, numbers and flags as text too."""

    address: str
    resource_type: str
    attributes: Mapping[str, str]
    tainted: bool = False

    @property
    def id(self) -> str:
        """The resource's id, empty where it has none."""
        return self.attributes.get("id", "")

    @property
    def phase(self) -> Phase | None:
        """The phase that it comes and goes with."""
        return phase_of_address(self.address)


@dataclass(frozen=True, slots=True)
class RemoteState:
    """The state of one environment. `outputs` are those that are not sensitive, as JSON values."""

    serial: int
    lineage: str
    terraform_version: str
    resources: tuple[StateResource, ...] = ()
    outputs: Mapping[str, Json] | None = None

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Read a state file. Raises STATE-UNREADABLE for anything else, STATE-NEWER for a newer format."""
        try:
            document = json.loads(text)
            if not isinstance(document, dict):
                raise TypeError("no object")
            version = int(document["version"])
            if version != STATE_VERSION:
                raise _version_error(version)
            return cls(
                serial=int(document["serial"]),
                lineage=str(document["lineage"]),
                terraform_version=str(document.get("terraform_version", "")),
                resources=tuple(_instances(document.get("resources") or [])),
                outputs={
                    name: output.get("value")
                    for name, output in (document.get("outputs") or {}).items()
                    if not output.get("sensitive")
                },
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WizardError(
                "STATE-UNREADABLE",
                "The state object is no Terraform state.",
                why=f"It could not be read: {type(error).__name__} {error}.",
                next_step="Restore an earlier version of the object, or the newest copy under backups/ in the bucket.",
            ) from error

    @property
    def is_empty(self) -> bool:
        """Whether nothing is deployed."""
        return not self.resources

    @property
    def tainted(self) -> tuple[str, ...]:
        """The addresses that the next plan would replace."""
        return tuple(resource.address for resource in self.resources if resource.tainted)

    @property
    def phases(self) -> frozenset[Phase]:
        """The phases whose own modules hold at least one resource: what a plan must keep (decisions.md 7)."""
        found = {owner_of_address(resource.address) for resource in self.resources}
        return frozenset(phase for phase in found if phase is not None)

    @property
    def replication_started(self) -> bool:
        """Whether replication was started by an apply: the flag stays true from then on (decisions.md 10)."""
        if (self.outputs or {}).get("dms_replication_started") is True:
            return True
        tasks = self.of_type("aws_dms_replication_task")
        return any(task.attributes.get("start_replication_task") == "true" for task in tasks)

    def output(self, name: str) -> str:
        """Return an output that is a text, empty where it has no value."""
        value = (self.outputs or {}).get(name)
        return value if isinstance(value, str) else ""

    def of_type(self, resource_type: str) -> tuple[StateResource, ...]:
        """Return the resources of one type, in the state's order."""
        return tuple(each for each in self.resources if each.resource_type == resource_type)

    def by_address(self) -> dict[str, StateResource]:
        """Return the resources by address."""
        return {resource.address: resource for resource in self.resources}

    def whole_phases(self, expected: Mapping[Phase, Iterable[str]]) -> frozenset[Phase]:
        """Return the phases whose outputs (`expected`, by phase) all have a value: applied to the end."""
        outputs = self.outputs or {}
        present = self.phases
        return frozenset(p for p, names in expected.items() if p in present and all(outputs.get(n) for n in names))


EMPTY: Final = RemoteState(0, "", "", (), {})


def _version_error(version: int) -> WizardError:
    return WizardError(
        "STATE-NEWER",
        f"The state has format {version}; this wizard reads format {STATE_VERSION}.",
        why="A newer Terraform wrote it.",
        next_step="Use a newer autocorp-wizard, or restore the state from before that Terraform touched it.",
    )


def _instances(resources: Iterable[Mapping[str, Json]]) -> Iterable[StateResource]:
    for resource in resources:
        if resource.get("mode") != "managed":
            continue
        base = f"{resource['type']}.{resource['name']}"
        module = str(resource.get("module") or "")
        address = f"{module}.{base}" if module else base
        for instance in cast("list[dict[str, Json]]", resource.get("instances") or []):
            # An object that a create-before-destroy replacement has yet to delete has no address of its own.
            if instance.get("deposed"):
                continue
            attributes = cast("dict[str, Json]", instance.get("attributes") or {})
            yield StateResource(
                address + _index(instance.get("index_key")),
                str(resource["type"]),
                {name: _text(attributes[name]) for name in KEPT_ATTRIBUTES if attributes.get(name) is not None},
                instance.get("status") == "tainted",
            )


def _index(key: Json) -> str:
    if key is None:
        return ""
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def modules_of(phase: Phase) -> tuple[str, ...]:
    """Return the root's modules that make up a phase."""
    return tuple(module for module, owner in MODULE_PHASES.items() if owner is phase)
