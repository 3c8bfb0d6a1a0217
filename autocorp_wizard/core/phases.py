"""The four phases of the rollout and the stages a phase is applied in.

A phase is a set of Terraform flags; a stage is one reviewed plan. Phase `dms` has two stages, because the start of
replication waits for a connection test (decisions.md 10).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from autocorp_wizard.core.errors import UsageError


class Phase(StrEnum):
    """A phase, in the order of the rollout."""

    FOUNDATION = "foundation"
    GLUE = "glue"
    DMS = "dms"
    DATASYNC = "datasync"

    @property
    def number(self) -> int:
        """The phase's place in the rollout, 1 to 4."""
        return list(Phase).index(self) + 1

    @property
    def later(self) -> tuple["Phase", ...]:
        """The phases that build on this one."""
        return tuple(list(Phase)[self.number :])


# Phases whose modules the tree holds. Asking for another one is refused with a sentence.
AVAILABLE: tuple[Phase, ...] = tuple(Phase)

MODULE_PHASES: dict[str, Phase] = {
    "kms": Phase.FOUNDATION,
    "s3": Phase.FOUNDATION,
    "iam": Phase.FOUNDATION,
    "secrets": Phase.FOUNDATION,
    "network": Phase.FOUNDATION,
    "glue": Phase.GLUE,
    "athena": Phase.GLUE,
    "dms": Phase.DMS,
    "monitoring": Phase.FOUNDATION,
    "datasync": Phase.DATASYNC,
}
# The module that watches all phases is always there; what watches one phase is named after it and comes with it.
_WATCHING: Final = "monitoring"
_WATCHED: Final = {"glue": Phase.GLUE, "athena": Phase.GLUE, "dms": Phase.DMS, "datasync": Phase.DATASYNC}


@dataclass(frozen=True, slots=True)
class Stage:
    """One reviewed plan within a phase; `name` is what `plan --json` shows."""

    name: str
    phase: Phase
    sentence: str


# The second stage of phase dms: not a change of what there is, but the start of replication.
DMS_START = "dms-start"

STAGES: tuple[Stage, ...] = (
    Stage("foundation", Phase.FOUNDATION, "Storage, keys, roles, the secret and the network"),
    Stage("glue", Phase.GLUE, "Catalog, crawlers, jobs and queries"),
    Stage("dms", Phase.DMS, "Replication instance, endpoints and task, not started yet"),
    Stage(DMS_START, Phase.DMS, "Replication starts: full load, then changes"),
    Stage("datasync", Phase.DATASYNC, "Locations and scheduled transfers of the exports"),
)


def stages_of(phase: Phase) -> tuple[Stage, ...]:
    """Return the stages of a phase, in order."""
    return tuple(stage for stage in STAGES if stage.phase is phase)


def next_stage(phase: Phase, *, created: bool, started: bool, tested: bool) -> Stage:
    """Return the stage of a phase that is due.

    Only `dms` has two: its start is due once its task is created, both connections are tested, and it was not started
    before. What has started is planned as the first stage again, which keeps it started.
    """
    first, *later = stages_of(phase)
    return later[0] if later and created and tested and not started else first


def parse_phase(text: str) -> Phase:
    """Return the phase named by `text` (`foundation` or `1`, and so on).

    Raises UsageError for anything else; `all` is not a phase and is handled by the commands that take it.
    """
    wanted = text.strip().lower()
    for phase in Phase:
        if wanted in {phase.value, str(phase.number)}:
            return phase
    raise UsageError(
        "PHASE-UNKNOWN",
        f"There is no phase {text!r}.",
        next_step="Name one of: " + ", ".join(f"{p.number} or {p.value}" for p in Phase) + ".",
    )


def closure(applied: Iterable[Phase], asked: Phase) -> frozenset[Phase]:
    """Return the phases of a plan for `asked`: what is applied already, what is asked for, and the foundation.

    Nothing that exists is planned away by asking for an earlier phase (decisions.md 7).
    """
    return frozenset(applied) | {Phase.FOUNDATION, asked}


def flags(phases: Iterable[Phase]) -> dict[str, bool]:
    """Return the Terraform flags for a set of phases; all flags are always written (decisions.md 13)."""
    chosen = frozenset(phases)
    return {f"enable_{phase.value}": phase in chosen for phase in Phase if phase is not Phase.FOUNDATION}


def stage_variables(stage: str, phases: Iterable[Phase], *, started: bool) -> dict[str, bool]:
    """Return the inputs that depend on the stage: whether replication runs (decisions.md 10).

    The stage `dms-start` turns it on. `started` says that an earlier apply did; then it stays on as long as the phase
    is there, because the provider starts a task that it had to stop only with the flag.
    """
    return {"dms_start_replication": Phase.DMS in frozenset(phases) and (started or stage == DMS_START)}


def phase_of_address(address: str) -> Phase | None:
    """Return the phase that a resource address belongs to by its outermost module, None for the root's own.

    What watches a phase belongs to that phase, by its name (`module.monitoring.aws_cloudwatch_metric_alarm.dms_lag`).
    """
    module = _module_of(address)
    if module == _WATCHING:
        label = address.split("[", 1)[0].rpartition(".")[2]
        return _WATCHED.get(label.split("_", 1)[0], MODULE_PHASES[module])
    return MODULE_PHASES.get(module)


def owner_of_address(address: str) -> Phase | None:
    """Return the phase whose own module holds an address: the phases found so are those that are applied.

    An alarm that outlived what it watched does not make its phase applied.
    """
    return MODULE_PHASES.get(_module_of(address))


def _module_of(address: str) -> str:
    if not address.startswith("module."):
        return ""
    return address.removeprefix("module.").split(".", 1)[0].split("[", 1)[0]
