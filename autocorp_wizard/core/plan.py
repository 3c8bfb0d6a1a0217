"""A plan as data: what Terraform would do, in an operator's words, with its risks and the digest it is approved by.

Made from `terraform show -json`, kept as the document that `plan --json` prints.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self, cast

from autocorp_wizard.core.attributes import AttributeChange
from autocorp_wizard.core.change import COUNTED, Change, Risk
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan_document import changed_outputs, check_document, plan_digest, read_changes
from autocorp_wizard.core.risk import find_risks

SCHEMA = "autocorp-wizard/plan/1"
SHORT_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """What a saved plan would do. `digest` is 64 hex digits; `changed` says that an apply is due.

    A plan may change outputs alone: then every count is zero, `outputs_changed` names them and `changed` is True.
    """

    environment: str
    stage: str
    phase: str
    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    risks: tuple[Risk, ...]
    outputs_changed: tuple[str, ...]
    changed: bool
    digest: str
    terraform_version: str

    @property
    def short_digest(self) -> str:
        """The digest as people read and type it."""
        return self.digest[:SHORT_DIGEST]

    @property
    def expected_summary(self) -> tuple[int, int, int, int]:
        """What Terraform's own summary will count: add, change, remove, import. A replacement adds and removes."""
        counts = self.counts
        replaced = counts["replace"]
        return counts["create"] + replaced, counts["update"], counts["delete"] + replaced, counts["import"]

    @property
    def headline(self) -> str:
        """The counts in one sentence."""
        parts = [f"{self.counts[a]} to {a}" for a in COUNTED if self.counts[a]]
        if parts:
            return ", ".join(parts) + "."
        if self.outputs_changed:
            return "No resource changes; the outputs are brought up to date."
        return "Nothing to move but names in the state." if self.changed else "Nothing to change."

    def is_approved_by(self, digest: str) -> bool:
        """Whether `digest` names this plan: the whole digest or its first twelve digits (or more)."""
        given = digest.strip().lower()
        return len(given) >= SHORT_DIGEST and self.digest.startswith(given)

    def risks_of(self, address: str) -> tuple[Risk, ...]:
        """Return the risks of one change."""
        return tuple(risk for risk in self.risks if risk.address == address)

    def grouped(self) -> tuple[tuple[Phase | None, tuple[tuple[str, tuple[Change, ...]], ...]], ...]:
        """Return the changes by phase (the root's own last), then module, what is lost first within a module."""
        phases: list[Phase | None] = [*Phase, None]
        result: list[tuple[Phase | None, tuple[tuple[str, tuple[Change, ...]], ...]]] = []
        for phase in phases:
            here = [change for change in self.changes if change.phase is phase]
            modules = sorted({change.module for change in here})
            if here:
                result.append(
                    (phase, tuple((module, _by_action(c for c in here if c.module == module)) for module in modules))
                )
        return tuple(result)

    def as_document(self) -> dict[str, Json]:
        """Return the document of `plan --json` (schema autocorp-wizard/plan/1); from_document reads it back."""
        return {
            "schema": SCHEMA,
            "environment": self.environment,
            "stage": self.stage,
            "phase": self.phase,
            "digest": self.digest,
            "changed": self.changed,
            "counts": dict(self.counts),
            "outputs_changed": list(self.outputs_changed),
            "terraform_version": self.terraform_version,
            "risks": [{"kind": r.kind, "address": r.address, "sentence": r.sentence} for r in self.risks],
            "changes": [cast("Json", change.as_document()) for change in self.changes],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Json]) -> Self:
        """Read what as_document wrote. Raises WizardError where it is something else."""
        if document.get("schema") != SCHEMA:
            raise WizardError(
                "PLAN-UNREADABLE",
                f"This is no plan of this wizard (schema {document.get('schema')!r}, expected {SCHEMA!r}).",
                next_step="Plan again.",
            )
        try:
            return cls(
                environment=str(document["environment"]),
                stage=str(document["stage"]),
                phase=str(document["phase"]),
                changes=tuple(_change(item) for item in _objects(document["changes"])),
                counts={str(key): int(str(value)) for key, value in _object(document["counts"]).items()},
                risks=tuple(
                    Risk(str(item["kind"]), str(item["address"]), str(item["sentence"]))
                    for item in _objects(document["risks"])
                ),
                outputs_changed=_texts(document["outputs_changed"]),
                changed=document["changed"] is True,
                digest=str(document["digest"]),
                terraform_version=str(document["terraform_version"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WizardError(
                "PLAN-UNREADABLE", "The saved plan document is damaged.", why=repr(error), next_step="Plan again."
            ) from error


def read_plan(
    document: Mapping[str, Json],
    *,
    environment: str,
    stage: str,
    phase: Phase | str = "",
    snapshot_hash: str = "",
    variables: Mapping[str, Json] | None = None,
    unfinished: Collection[tuple[str, str]] = (),
) -> Plan:
    """Return the plan that a document of `terraform show -json` describes.

    `variables` are the plain inputs that were given (no secrets); with the environment, the stage and the hash of the
    tree they are part of the digest. `unfinished` are (type, name) of what an apply that did not come to its end was
    making: for the risks it counts as made now. Raises WizardError for a plan that failed or for another major format.
    """
    check_document(document)
    changes = read_changes(document)
    outputs = changed_outputs(document)
    return Plan(
        environment=environment,
        stage=stage,
        phase=str(phase),
        changes=changes,
        counts=_counts(changes),
        risks=find_risks(changes, unfinished),
        outputs_changed=outputs,
        changed=bool(changes or outputs),
        digest=plan_digest(
            document, environment=environment, stage=stage, snapshot_hash=snapshot_hash, variables=variables or {}
        ),
        terraform_version=str(document.get("terraform_version") or ""),
    )


def check_digest(text: str) -> str:
    """Return a digest as a person gave it, in lower case. Raises UsageError where it cannot be one."""
    given = text.strip().lower()
    if SHORT_DIGEST <= len(given) <= 64 and all(character in "0123456789abcdef" for character in given):
        return given
    raise UsageError(
        "DIGEST-MALFORMED",
        f"{text!r} is not the digest of a plan.",
        why=f"A digest is {SHORT_DIGEST} to 64 hexadecimal digits.",
        next_step="Copy it from the last `plan`.",
    )


_ORDER = (
    Action.DELETE,
    Action.REPLACE,
    Action.FORGET,
    Action.UPDATE,
    Action.CREATE,
    Action.IMPORT,
    Action.NOOP,
    Action.READ,
)


def _counts(changes: Iterable[Change]) -> dict[str, int]:
    counts = {action.value: 0 for action in COUNTED}
    for change in changes:
        if change.action in COUNTED and change.action is not Action.IMPORT:
            counts[change.action.value] += 1
        counts[Action.IMPORT.value] += change.imports
        counts[Action.DELETE.value] += change.deposed
    return counts


def _by_action(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (_ORDER.index(change.action), change.address)))


def _change(item: Mapping[str, Json]) -> Change:
    return Change(
        address=str(item["address"]),
        action=Action(str(item["action"])),
        module=str(item["module"]),
        phase=Phase(str(item["phase"])) if item["phase"] else None,
        resource_type=str(item["resource_type"]),
        name=str(item["name"]),
        provider_name=str(item["provider_name"]),
        sentence=str(item["sentence"]),
        attributes=tuple(
            AttributeChange(
                str(a["path"]), a["before"], a["after"], sensitive=a["sensitive"] is True, known=a["known"] is True
            )
            for a in _objects(item["attributes"])
        ),
        reason=str(item["reason"]),
        replace_paths=_texts(item["replace_paths"]),
        identity={str(key): str(value) for key, value in _object(item["identity"]).items()},
        imports=item.get("imports") is True,
        deposed=int(str(item.get("deposed") or 0)),
    )


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return value


def _objects(value: Json) -> list[dict[str, Json]]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return [_object(item) for item in value]


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return tuple(str(item) for item in value)
