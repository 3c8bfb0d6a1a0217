"""What a command works on: which environment, which phase, which run."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from autocorp_wizard.cli import questions
from autocorp_wizard.core.environment import REHEARSALS, Environment, rehearsal_environment
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.neighbours import beside
from autocorp_wizard.core.phases import AVAILABLE, Phase, parse_phase

if TYPE_CHECKING:
    from autocorp_wizard.adapters.run_store import RunRecord
    from autocorp_wizard.cli.settings import Settings

ALL = "all"


def environment_name(settings: "Settings", given: str = "") -> str:
    """Return the environment meant: named, or the only one there is, or chosen by the person.

    Raises UsageError where none was named and none can be told.
    """
    chosen = given or settings.env_name
    if given and settings.env_option and given != settings.env_option:
        raise UsageError(
            "ENVIRONMENT-TWICE",
            f"Two environments are named: {given!r} and --env {settings.env_option!r}.",
            next_step="Name one.",
        )
    if chosen:
        return chosen
    names = settings.store.names()
    if len(names) == 1:
        settings.console.hint(f"Environment: {names[0]} (the only one here)")
        return names[0]
    if not names:
        raise UsageError(
            "ENVIRONMENT-MISSING",
            "There is no environment yet.",
            why=f"The home {settings.home.root} is empty.",
            next_step="Create one: autocorp-wizard env new dev; or try everything out: autocorp-wizard rehearse",
        )
    return questions.choice(
        settings, "Which environment?", [(name, name) for name in names], default=names[0], option="--env NAME"
    )


def load(settings: "Settings", given: str = "") -> Environment:
    """Return the environment meant. A rehearsal's exists without having been made."""
    name = environment_name(settings, given)
    preset = next((preset for preset, rehearsal in REHEARSALS.items() if rehearsal == name), None)
    if preset is not None and not settings.env_file and not settings.store.exists(name):
        return beside(rehearsal_environment(preset), others(settings))
    return settings.store.load(name)


def others(settings: "Settings") -> Iterator[Environment]:
    """Yield the environments of the home that can be read; one that cannot is another command's business."""
    from autocorp_wizard.adapters.environment_store import EnvironmentStore

    store = EnvironmentStore(settings.home)  # also where the one at hand lies in a file of its own
    for name in store.names():
        with suppress(WizardError):
            yield store.load(name)


def load_saved(settings: "Settings", given: str = "") -> Environment:
    """Return the environment meant, with its file written, so that a run finds it."""
    environment = load(settings, given)
    if not settings.store.exists(environment.name):
        settings.store.save(environment)
    return environment


def phases(text: str) -> tuple[Phase, ...]:
    """Return the phases that an argument names: one, or all that this version rolls out.

    Raises UsageError for an unknown phase, and for one whose modules the tree does not hold yet.
    """
    if text.strip().lower() == ALL:
        return AVAILABLE
    phase = parse_phase(text)
    if phase not in AVAILABLE:
        raise UsageError(
            "PHASE-NOT-YET",
            f"Phase {phase.number} ({phase.value}) is not part of this version.",
            why="Its Terraform modules are not in the tree yet.",
            next_step="This version rolls out: " + ", ".join(f"{p.number} {p.value}" for p in AVAILABLE) + ".",
        )
    return (phase,)


def due_phase(settings: "Settings", environment: Environment, text: str) -> Phase:
    """Return the phase to plan: the one named, or for `all` the first that is not applied to its end, else the last."""
    wanted = phases(text)
    applied = settings.engine.applied(environment.name)
    done = set(applied.phases) if applied is not None else set()
    if applied is not None and not applied.replication_started:
        done.discard(Phase.DMS)
    return next((phase for phase in wanted if phase.value not in done), wanted[-1])


def newest_run(settings: "Settings", given: str, *, running: bool = False) -> str:
    """Return the run meant: named, or the newest one (that still runs) of the environment or of the home."""
    if given:
        return settings.engine.record(given).run
    records: Sequence[RunRecord] = [
        record
        for record in settings.engine.runs(settings.env_name or None)
        if not record.parent and (not running or record.status == "running")
    ]
    if not records:
        where = f" on {settings.env_name}" if settings.env_name else ""
        raise UsageError(
            "RUN-UNKNOWN",
            f"No run is going on{where}." if running else f"There is no run{where} yet.",
            next_step="List them with: autocorp-wizard runs list",
        )
    return records[0].run
