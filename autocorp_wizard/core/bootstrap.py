"""Where Terraform's state lives and how that place must be set, as data: settings wanted, settings found, what to do.

Nothing here calls AWS: rollout/bootstrap.py reads and writes, this module says what is right.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, Self, cast

from autocorp_wizard.core.events import Json

OWNER_TAG: Final = ("ManagedBy", "autocorp-wizard")
PURPOSE_TAG: Final = ("Purpose", "terraform-state")
SUGGESTED_LOCK_TABLE: Final = "terraform-locks"
NONCURRENT_DAYS: Final = 365
BACKUP_DAYS: Final = 365

_TLS_SID: Final = "AutocorpDenyWithoutTls"
_ACCOUNT_SID: Final = "AutocorpDenyOtherAccounts"


class Mode(StrEnum):
    """What bootstrap may do: make what is missing, also mend a bucket that it did not make, or only look."""

    CREATE = "create"
    ADOPT = "adopt"
    VERIFY = "verify"


class Action(StrEnum):
    """What was done about a setting."""

    NONE = "none"
    CREATE = "create"
    FIX = "fix"


class RowOutcome(StrEnum):
    """How a setting stands in the end."""

    OK = "ok"
    CHANGED = "changed"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting, before and after: the row of `bootstrap --json`."""

    name: str
    wanted: str
    found: str
    action: Action
    outcome: RowOutcome

    def as_document(self) -> dict[str, str]:
        """Return the row as `bootstrap --json` prints it."""
        return {
            "name": self.name,
            "wanted": self.wanted,
            "found": self.found,
            "action": self.action.value,
            "outcome": self.outcome.value,
        }


class HasState(Protocol):
    """What an environment says about its state (core/environment.py)."""

    @property
    def name(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def project_name(self) -> str: ...
    @property
    def state_bucket(self) -> str: ...
    @property
    def state_key(self) -> str: ...
    @property
    def lock_table(self) -> str: ...
    @property
    def state_kms_key_arn(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StatePlace:
    """The bucket, the key and the lock of one environment's state. `kms_key_arn` empty means keys of S3's own."""

    environment: str
    account_id: str
    region: str
    bucket: str
    key: str
    project: str = ""
    lock_table: str = ""
    kms_key_arn: str = ""

    @classmethod
    def of(cls, environment: HasState) -> Self:
        """Return the place that an environment's answers name."""
        return cls(
            environment=environment.name,
            account_id=environment.account_id,
            region=environment.region,
            bucket=environment.state_bucket,
            key=environment.state_key,
            project=environment.project_name,
            lock_table=environment.lock_table,
            kms_key_arn=environment.state_kms_key_arn,
        )

    @property
    def lock_key(self) -> str:
        """The object that is Terraform's lock."""
        return f"{self.key}.tflock"

    @property
    def lock_id(self) -> str:
        """The key of Terraform's lock in the lock table."""
        return f"{self.bucket}/{self.key}"

    @property
    def backup_prefix(self) -> str:
        """Where the state as it was before each apply is kept."""
        return f"backups/{self.environment}/"

    @property
    def shared_prefix(self) -> str:
        """Where evidence and journals are mirrored for the team (decisions.md 8)."""
        return f"wizard/{self.environment}/"

    @property
    def bucket_arn(self) -> str:
        """The bucket's ARN, in the partition of its region."""
        return f"arn:{partition_of(self.region)}:s3:::{self.bucket}"


def partition_of(region: str) -> str:
    """Return the ARN partition that a region belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def backend_document(place: StatePlace) -> dict[str, str | bool]:
    """Return the arguments of Terraform's S3 backend; the same for a real account and for the rehearsal cloud."""
    document: dict[str, str | bool] = {
        "bucket": place.bucket,
        "key": place.key,
        "region": place.region,
        "encrypt": True,
        "use_lockfile": True,
    }
    if place.lock_table:
        document["dynamodb_table"] = place.lock_table
    if place.kms_key_arn:
        document["kms_key_id"] = place.kms_key_arn
    return document


def wanted_tags(place: StatePlace) -> dict[str, str]:
    """Return the tags of the bucket and the lock table. They name no environment: several may share the bucket."""
    tags = dict([OWNER_TAG, PURPOSE_TAG])
    return tags | ({"Project": place.project} if place.project else {})


def wanted_encryption(place: StatePlace) -> dict[str, Json]:
    """Return the default encryption as S3's API takes it."""
    if not place.kms_key_arn:
        return {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    default: dict[str, Json] = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": place.kms_key_arn}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}


def encryption_in_words(document: Mapping[str, Json]) -> str:
    """Return an encryption configuration as one line."""
    for rule in _dicts(document.get("Rules")):
        default = cast("dict[str, Json]", rule.get("ApplyServerSideEncryptionByDefault") or {})
        words = [str(default.get("SSEAlgorithm", "?")), str(default.get("KMSMasterKeyID", ""))]
        if str(default.get("SSEAlgorithm", "")).startswith("aws:kms"):
            words.append("bucket key" if rule.get("BucketKeyEnabled") else "no bucket key")
        return " ".join(word for word in words if word)
    return "none"


def wanted_statements(place: StatePlace) -> list[dict[str, Json]]:
    """Return the bucket policy's statements: nobody without TLS, nobody of another account."""
    resources: list[Json] = [place.bucket_arn, f"{place.bucket_arn}/*"]
    deny: dict[str, Json] = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources}
    return [
        {"Sid": _TLS_SID} | deny | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": _ACCOUNT_SID}
        | deny
        | {
            "Condition": {
                "StringNotEquals": {"aws:PrincipalAccount": place.account_id},
                # Services (a log delivery, an inventory) act in nobody's name.
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            }
        },
    ]


def merged_policy(found: str, place: StatePlace) -> dict[str, Json]:
    """Return the policy with our statements in it; statements of other people stay as they are."""
    wanted = wanted_statements(place)
    ours = {str(statement["Sid"]) for statement in wanted}
    document = cast("dict[str, Json]", json.loads(found)) if found else {}
    others: list[Json] = [s for s in _dicts(document.get("Statement")) if s.get("Sid") not in ours]
    return {"Version": "2012-10-17"} | document | {"Statement": others + cast("list[Json]", wanted)}


def holds_policy(found: str, place: StatePlace) -> bool:
    """Whether a policy contains our statements as they should be."""
    document = cast("dict[str, Json]", json.loads(found)) if found else {}
    present = [_canonical(statement) for statement in _dicts(document.get("Statement"))]
    return all(_canonical(statement) in present for statement in wanted_statements(place))


def policy_in_words(found: str) -> str:
    """Return the names of a policy's statements as one line."""
    if not found:
        return "none"
    names = [str(s.get("Sid") or s.get("Effect", "?")) for s in _dicts(json.loads(found).get("Statement"))]
    return ", ".join(names) or "none"


def wanted_rules(place: StatePlace) -> list[dict[str, Json]]:
    """Return the life cycle rules as S3's API takes them. Current state and evidence never expire."""
    return [
        {
            "ID": "autocorp-noncurrent",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": NONCURRENT_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
        {
            "ID": "autocorp-backups",
            "Status": "Enabled",
            "Filter": {"Prefix": "backups/"},
            "Expiration": {"Days": BACKUP_DAYS},
        },
    ]


def merged_rules(found: Iterable[Mapping[str, Json]], place: StatePlace) -> list[dict[str, Json]]:
    """Return the life cycle with our rules in it; rules of other people stay."""
    wanted = wanted_rules(place)
    ours = {rule["ID"] for rule in wanted}
    return [dict(rule) for rule in found if rule.get("ID") not in ours] + wanted


def holds_rules(found: Iterable[Mapping[str, Json]], place: StatePlace) -> bool:
    """Whether a life cycle contains our rules as they should be."""
    present = [_canonical(rule) for rule in found]
    return all(_canonical(rule) in present for rule in wanted_rules(place))


def rules_in_words(found: Iterable[Mapping[str, Json]]) -> str:
    """Return the names of life cycle rules as one line."""
    return ", ".join(str(rule.get("ID", "unnamed")) for rule in found) or "none"


def _canonical(value: Mapping[str, Json]) -> str:
    # S3 gives back `"Prefix": ""` as no prefix at all, and lists of one as their element.
    return json.dumps(_plain(dict(value)), sort_keys=True)


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        kept = {key: _plain(each) for key, each in value.items() if each not in ("", None)}
        return {key: each for key, each in kept.items() if each != {}}
    if isinstance(value, list):
        plain = sorted((_plain(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
        return plain[0] if len(plain) == 1 else cast("Json", plain)
    return value


def _dicts(value: Json) -> list[dict[str, Json]]:
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
