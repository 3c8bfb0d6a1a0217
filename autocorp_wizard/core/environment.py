"""An environment: a named set of answers with a preset and a cloud, and everything that follows from them.

It holds no secret. Values that nobody gave are not stored: they come from the preset or the default, so that a better
default reaches environments that never chose one.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from autocorp_wizard.core import answer_rules, consistency, names
from autocorp_wizard.core.answers import Answer, Problem, raise_problems
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.phases import Phase, flags
from autocorp_wizard.core.presets import Preset

FILE_SCHEMA = "autocorp-wizard/environment/"
FILE_VERSION = 1

# The account that the emulator answers for; a rehearsal never asks for one.
REHEARSAL_ACCOUNT = "999999999999"

REHEARSALS: Mapping[Preset, str] = {
    Preset.DEV: "rehearsal",
    Preset.STAGING: "rehearsal-staging",
    Preset.PROD: "rehearsal-prod",
}


class Cloud(StrEnum):
    """Where an environment lives."""

    AWS = "aws"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A check that somebody decided to live with until a day, and why."""

    check: str
    reason: str
    until: date
    by: str = ""

    def holds(self, today: date) -> bool:
        """Whether the waiver is still in force on a day."""
        return today <= self.until

    def as_document(self) -> dict[str, Json]:
        """Return the waiver as it stands in the environment's file."""
        return {"check": self.check, "reason": self.reason, "until": self.until.isoformat(), "by": self.by}


@dataclass(frozen=True, slots=True)
class Environment:
    """Answers with a name. `given` holds what was answered (not the defaults), `detected` which of it was found.

    `secret_counter` counts how often the source's password was written; 0 means the secret has no value yet.
    """

    name: str
    given: Mapping[str, Json] = field(default_factory=dict)
    detected: frozenset[str] = frozenset()
    secret_counter: int = 0
    waivers: tuple[Waiver, ...] = ()

    @property
    def preset(self) -> Preset:
        """The preset that fills the defaults."""
        return Preset(str(self.given.get("preset", Preset.DEV.value)))

    @property
    def cloud(self) -> Cloud:
        """Where it is deployed."""
        return Cloud(str(self.given.get("cloud", Cloud.AWS.value)))

    @property
    def is_rehearsal(self) -> bool:
        """Whether it lives on the rehearsal cloud."""
        return self.cloud is Cloud.REHEARSAL

    @property
    def is_production(self) -> bool:
        """Whether it is to look and be guarded like production."""
        return self.preset is Preset.PROD

    @property
    def account_id(self) -> str:
        """The account that everything must happen in; empty while nobody said."""
        return REHEARSAL_ACCOUNT if self.is_rehearsal else self._text("account_id")

    @property
    def region(self) -> str:
        """The AWS region."""
        return self._text("region")

    @property
    def aws_profile(self) -> str:
        """The AWS profile to use; empty for the SDK's own search, and always on a rehearsal."""
        return "" if self.is_rehearsal else self._text("aws_profile")

    @property
    def aws_role_arn(self) -> str:
        """The role to assume; empty for none."""
        return "" if self.is_rehearsal else self._text("aws_role_arn")

    @property
    def project_name(self) -> str:
        """The first part of every name in AWS."""
        return self._text("project_name")

    @property
    def lock_table(self) -> str:
        """The DynamoDB lock table to use beside the S3 lock file; empty for none."""
        return self._text("lock_table")

    @property
    def state_kms_key_arn(self) -> str:
        """The KMS key that encrypts the state; empty for the key that S3 manages."""
        return self._text("state_kms_key_arn")

    @property
    def state_bucket(self) -> str:
        """The bucket of Terraform's state."""
        return self._text("state_bucket") or names.STATE_BUCKET.build(
            self.project_name, self.name, self.account_id, self.region
        )

    @property
    def state_key(self) -> str:
        """The object of Terraform's state in that bucket."""
        return f"datalake/{self.name}/terraform.tfstate"

    @property
    def answers(self) -> dict[str, Answer]:
        """Every answer by name with its value and origin."""
        return SCHEMA.resolve(self.given, self.preset, self.detected)

    @property
    def variables(self) -> dict[str, Json]:
        """The inputs of the Terraform root that are answers, defaults included; what has no value is left out."""
        values = {each.field.name: each.value for each in self.answers.values() if each.field.variable}
        values["account_id"] = self.account_id or None
        return {name: value for name, value in values.items() if value is not None}

    @property
    def source_is_built_in(self) -> bool:
        """Whether the rehearsal's own PostgreSQL is the source, because no other was named."""
        return self.is_rehearsal and not self._text("postgres_host")

    @property
    def share_is_built_in(self) -> bool:
        """Whether the exports come from the rehearsal's own share, because no other source was named."""
        named = ("datasync_nfs_sources", "datasync_smb_sources", "datasync_source_location_arns")
        return self.is_rehearsal and not any(self.given.get(name) for name in named)

    @property
    def fingerprint(self) -> str:
        """A digest of every answer as it takes effect, so that a changed default is seen as a change as well."""
        values = {name: each.value for name, each in self.answers.items()}
        text = json.dumps({"name": self.name, "answers": values, "counter": self.secret_counter}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _text(self, name: str) -> str:
        value = self.given.get(name)
        if value is None:
            value = SCHEMA[name].default_for(self.preset)[0]
        return "" if value is None else str(value)

    def tfvars(self, phases: Iterable[Phase]) -> dict[str, Json]:
        """Return the inputs of the Terraform root for a set of phases; all flags are always written.

        Replication is off here: whether it runs is the stage's to say (`phases.stage_variables`).
        """
        derived: dict[str, Json] = {
            "dms_start_replication": False,
            "environment": self.name,
            "postgres_password_counter": self.secret_counter,
        }
        return self.variables | derived | flags(phases)

    def with_answers(self, changes: Mapping[str, Json], detected: Iterable[str] = ()) -> "Environment":
        """Return the environment with some answers changed; None takes an answer back. Raises UsageError."""
        given = {name: value for name, value in {**self.given, **changes}.items() if value is not None}
        seen = (self.detected - frozenset(changes)) | frozenset(detected)
        changed = replace(self, given=given, detected=seen & frozenset(given))
        raise_problems(changed.problems())
        return changed

    def with_secret_written(self) -> "Environment":
        """Return the environment after the source's password was written once more."""
        return replace(self, secret_counter=self.secret_counter + 1)

    def problems(self, lines: Mapping[str, int] | None = None) -> tuple[Problem, ...]:
        """Return what is wrong with it: name, answers, and names that AWS would refuse."""
        found = list(name_problems(self.name)) + list(SCHEMA.check(self.given, lines))
        if not found:
            chosen = {"state_bucket": names.STATE_BUCKET, "data_lake_bucket_name": names.LAKE_BUCKET}
            named = frozenset(limit for field_name, limit in chosen.items() if self._text(field_name))
            long = names.too_long(self.project_name, self.name, self.account_id, self.region, named=named)
            found += [long] if long else []
            if self.secret_counter and not self.is_rehearsal and not self._text("postgres_host"):
                found.append(_HOST_MISSING)
            found += consistency.conflicts({name: each.value for name, each in self.answers.items()})
        return tuple(found)

    def as_document(self) -> dict[str, Json]:
        """Return the environment as its file holds it."""
        document: dict[str, Json] = {"schema": f"{FILE_SCHEMA}{FILE_VERSION}", "name": self.name}
        document |= {name: self.given[name] for name in SCHEMA.by_name if name in self.given}
        if self.detected:
            document["detected"] = list[Json](sorted(self.detected))
        document["secret_counter"] = self.secret_counter
        document["waivers"] = [waiver.as_document() for waiver in self.waivers]
        return document


_HOST_MISSING = Problem(
    "postgres_host",
    "postgres_host is missing although the source's password was written.",
    "The host is part of the secret.",
    "Answer postgres_host again: autocorp-wizard env edit NAME --set postgres_host=HOST",
)


def name_problems(name: str) -> tuple[Problem, ...]:
    """Return what is wrong with an environment's name."""
    refusal = answer_rules.name(name)
    if refusal is None:
        return ()
    return (Problem("name", f"{name!r} cannot name an environment.", refusal.why, refusal.remedy, "NAME-REFUSED"),)


def rehearsal_environment(preset: Preset) -> Environment:
    """Return the environment that `rehearse` uses for a preset."""
    return Environment(REHEARSALS[preset], {"preset": preset.value, "cloud": Cloud.REHEARSAL.value})
