"""One resource that a plan touches, and why it may deserve a second look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from autocorp_wizard.core.attributes import AttributeChange
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.phases import Phase

COUNTED: tuple[Action, ...] = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.IMPORT)


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that the plan touches.

    `module` is the path without the word module (`s3`, `s3.logs`; empty for the root), `reason` a clause that says why
    Terraform chose this action, `identity` what is known about its name before the apply (attribute name to value;
    tags as `tags.Name`), `label` what it is called where its own name is not known yet. `before` and `after` are the
    whole objects with sensitive values masked; they serve the comparison of risks and are not part of the document.
    """

    address: str
    action: Action
    module: str
    phase: Phase | None
    resource_type: str
    name: str
    provider_name: str
    sentence: str
    attributes: tuple[AttributeChange, ...] = ()
    reason: str = ""
    replace_paths: tuple[str, ...] = ()
    identity: Mapping[str, str] = field(default_factory=dict)
    imports: bool = False
    deposed: int = 0
    label: str = field(default="", compare=False)
    before: Mapping[str, Json] = field(default_factory=dict, repr=False, compare=False)
    after: Mapping[str, Json] = field(default_factory=dict, repr=False, compare=False)

    def as_document(self) -> dict[str, Json]:
        """Return the JSON object of `plan --json`."""
        return {
            "address": self.address,
            "action": self.action.value,
            "module": self.module,
            "phase": self.phase.value if self.phase else "",
            "resource_type": self.resource_type,
            "name": self.name,
            "provider_name": self.provider_name,
            "sentence": self.sentence,
            "attributes": [cast("Json", attribute.as_document()) for attribute in self.attributes],
            "reason": self.reason,
            "replace_paths": list(self.replace_paths),
            "identity": dict(self.identity),
            "imports": self.imports,
            "deposed": self.deposed,
        }


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a change deserves a second look. `kind` is one of core/risk.py's."""

    kind: str
    address: str
    sentence: str
