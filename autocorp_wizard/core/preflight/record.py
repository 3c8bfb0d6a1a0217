"""A check and what it saw, as values.

A check says from where it looks and what its result proves and does not; a result never paints a pass for something
that nobody looked at. To register one, build a `Check` with a probe that returns a `Seen`:

    Check("aws.identity", "The credentials are of the right account", Group.ACCOUNT, Vantage.API, probe=identity,
          proves="calls from here act in this account", does_not_prove="what they may do there")

A probe without access returns `unsure`; what it raises as WizardError becomes INCONCLUSIVE with its words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from autocorp_wizard.core.events import Json


class Status(StrEnum):
    """What a check came to. WAIVED is a failure or a warning that somebody decided to live with until a day."""

    PASS = "PASS"  # noqa: S105
    WARN = "WARN"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    SKIP = "SKIP"
    WAIVED = "WAIVED"


class Group(StrEnum):
    """The subject of a check, in the order in which they are shown."""

    TOOLS = "tools"
    ACCOUNT = "account"
    NETWORK = "network"
    SOURCE = "source"
    AGENT = "agent"


class Vantage(StrEnum):
    """From where a check looks."""

    LAPTOP = "laptop"
    API = "aws-api"
    DMS = "dms"
    AGENT = "agent"


class Stage(StrEnum):
    """When a check can be answered: S0 before anything, S1 with a network, S2 endpoints, S3 a task, S4 at the start."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class SideEffect(StrEnum):
    """What looking leaves behind or costs; anything but NONE asks first."""

    NONE = "none"
    TEMPORARY_SLOT = "temporary-slot"
    MINTS_KEY = "mints-key"
    PAID = "paid"


class Variant(StrEnum):
    """For which kind of source a remedy is; ANY where it makes no difference."""

    ANY = "any"
    SELF_MANAGED = "self-managed"
    RDS = "rds"
    AURORA = "aurora"


class Restart(StrEnum):
    """What a remedy interrupts."""

    NONE = "none"
    RELOAD = "reload"
    RESTART = "restart"


class Audience(StrEnum):
    """Who applies a remedy."""

    OPERATOR = "operator"
    DATABASE = "database-administrator"
    NETWORK = "network-team"
    ACCOUNT = "aws-administrator"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps. `text` says it; `sql`, `config`, `hba` or `command` can be copied; `undo` takes it back."""

    text: str
    audience: Audience = Audience.OPERATOR
    variant: Variant = Variant.ANY
    sql: str = ""
    config: str = ""
    hba: str = ""
    command: str = ""
    restart: Restart = Restart.NONE
    risk: str = ""
    undo: str = ""

    @property
    def copy(self) -> str:
        """What is copied: the statement, line or command, else the sentence."""
        return self.sql or self.config or self.hba or self.command or self.text

    def as_document(self, check: str) -> dict[str, Json]:
        """Return the remedy as a result prints it; `verify_with` names the check that shows that it helped."""
        told = {"sql": self.sql, "config": self.config, "hba": self.hba, "command": self.command, "undo": self.undo}
        return {
            "variant": self.variant.value,
            "audience": self.audience.value,
            "text": self.text,
            **{key: value for key, value in told.items() if value},
            "restart": self.restart.value,
            "risk": self.risk or None,
            "verify_with": check,
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """What a probe saw: one sentence, values without secrets, findings by object, and what helps.

    `resolves_at` names the later step that will tell where nothing could be told now.
    """

    status: Status
    summary: str
    evidence: Mapping[str, Json] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    resolves_at: str = ""


def passed(summary: str, **evidence: Json) -> Seen:
    """It was looked at and it is so."""
    return Seen(Status.PASS, summary, evidence)


def warned(summary: str, *remedies: Remedy, findings: tuple[str, ...] = (), **evidence: Json) -> Seen:
    """It works, but somebody should know."""
    return Seen(Status.WARN, summary, evidence, findings, remedies)


def failed(summary: str, *remedies: Remedy, findings: tuple[str, ...] = (), **evidence: Json) -> Seen:
    """It was looked at and it is not so."""
    return Seen(Status.FAIL, summary, evidence, findings, remedies)


def unsure(summary: str, *remedies: Remedy, resolves_at: str = "", **evidence: Json) -> Seen:
    """It could not be looked at, or not from here."""
    return Seen(Status.INCONCLUSIVE, summary, evidence, (), remedies, resolves_at)


def skipped(summary: str, **evidence: Json) -> Seen:
    """The question does not arise here; the sentence says why."""
    return Seen(Status.SKIP, summary, evidence)


@dataclass(frozen=True, slots=True)
class Check:
    """One question with a stable id. `needs` are the checks without which it cannot be asked; `timeout` is seconds.

    `phases` are those whose gate it belongs to (empty: it only informs); `volatile` is looked at again right before an
    apply; `integrity` cannot be waived without typing its id; `lane` names what it shares (`source`: three at a time).
    `release` gives back what checks share, once they are over; many may name the same.
    """

    id: str
    title: str
    group: Group
    vantage: Vantage
    probe: Callable[[], Seen]
    needs: tuple[str, ...] = ()
    proves: str = ""
    does_not_prove: str = ""
    stage: Stage = Stage.S0
    phases: frozenset[str] = frozenset()
    side_effects: SideEffect = SideEffect.NONE
    timeout: float = 15.0
    fresh_for: timedelta = timedelta(minutes=15)
    volatile: bool = False
    integrity: bool = False
    lane: str = ""
    release: Callable[[], None] | None = None

    @property
    def anchor(self) -> str:
        """Where its documentation stands."""
        return f"docs/preflight.md#{self.group.value}"


@dataclass(frozen=True, slots=True)
class Applied:
    """The waiver that a result stands under."""

    reason: str
    until: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check came to. `blocked_by` is the root cause where it could not be asked; `was` what a waiver covers."""

    check: Check
    seen: Seen
    started: datetime
    seconds: float
    blocked_by: str = ""
    waiver: Applied | None = None
    was: Status | None = None
    expired: str = ""

    @property
    def status(self) -> Status:
        """The status, waiver considered: one that has run out is a failure, because somebody has to decide again."""
        if self.waiver:
            return Status.WAIVED
        return Status.FAIL if self.expired else self.seen.status

    @property
    def fresh_until(self) -> datetime:
        """Until when it may be relied on."""
        return self.started + self.check.fresh_for

    def as_document(self) -> dict[str, Json]:
        """Return the result as the JSON report prints it."""
        waiver: Json = None
        if self.waiver:
            was = self.was.value if self.was else None
            waiver = {"reason": self.waiver.reason, "until": self.waiver.until, "by": self.waiver.by, "was": was}
        return {
            "id": self.check.id,
            "title": self.check.title,
            "group": self.check.group.value,
            "status": self.status.value,
            "vantage": self.check.vantage.value,
            "stage": self.check.stage.value,
            "summary": self.seen.summary,
            "evidence": dict(self.seen.evidence),
            "findings": list[Json](self.seen.findings),
            "proves": self.check.proves,
            "does_not_prove": self.check.does_not_prove,
            "remediation": [each.as_document(self.check.id) for each in self.seen.remedies],
            "needs": list[Json](self.check.needs),
            "blocked_by": self.blocked_by or None,
            "resolves_at": self.seen.resolves_at or None,
            "side_effects": self.check.side_effects.value,
            "started": _stamp(self.started),
            "duration_ms": round(self.seconds * 1000),
            "fresh_until": _stamp(self.fresh_until),
            "anchor": self.check.anchor,
            "waiver": waiver,
            "waiver_expired": self.expired or None,
        }


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
