"""What colleagues did: the journals that their machines shared (sharing.py), kept beside our own and read like them.

They lie apart from this machine's runs, so that nothing which decides by those (recovery, a lease, an unused plan) ever
takes a colleague's run for one of ours.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.journal import JournalReader
from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.adapters.run_store import RUN_NAME, RunFiles, RunRecord, RunStore
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Envelope, JournalTooNewError, Operation, RunFinished, RunStarted
from autocorp_wizard.core.request import Request

if TYPE_CHECKING:  # the engine is built on this, and must not load what talks to AWS
    from autocorp_wizard.rollout.state_store import StateStore

PREFIX: Final = "runs/"
SUFFIX: Final = ".jsonl"


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many journals came, and the names of those that are not what their names say, or of a newer wizard."""

    received: int = 0
    unreadable: tuple[str, ...] = ()


class TeamRuns:
    """The colleagues' runs of all environments of a home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stores: dict[str, RunStore] = {}
        self._people: dict[str, str] = {}

    def fetch(self, shared: "StateStore", own: Collection[str]) -> Fetched:
        """Fetch the journals of one environment that are neither here yet nor of this machine's `own` runs.

        Raises what AWS refuses. A journal is shared once its run is over, so it never changes.
        """
        environment = shared.place.environment
        store = self._store(environment)
        known = {files.run for files in store.all() if files.request.exists()} | set(own)
        received, unreadable = 0, list[str]()
        for name in shared.shared():
            run = name.removeprefix(PREFIX).removesuffix(SUFFIX)
            if name != f"{PREFIX}{run}{SUFFIX}" or not RUN_NAME.match(run) or run in known:
                continue
            found = shared.get_shared(name)
            if found is None:
                continue
            files = RunFiles(store.root / run)
            self._home.make(files.root)
            replace_file(files.journal, found.body)
            request = _request(files, environment)
            if request is None:
                files.journal.unlink()
                files.root.rmdir()
                unreadable.append(run)
                continue
            # Only now: a folder without a request is no run yet, and is fetched again.
            replace_file(files.request, request.to_json())
            received += 1
        return Fetched(received, tuple(unreadable))

    def records(self, environment: str | None = None) -> list[RunRecord]:
        """Return what was fetched (of one environment) as a list shows it, with who ran it."""
        names = self._environments() if environment is None else [environment]
        return [self._with_person(store, record) for store in map(self._store, names) for record in store.records()]

    def find(self, run: str) -> tuple[RunStore, RunFiles] | None:
        """Return the run that a name, or an unambiguous part of one, means; None where it means none or several."""
        found: list[tuple[RunStore, RunFiles]] = []
        for store in map(self._store, self._environments()):
            try:
                found.append((store, store.files(run)))
            except UsageError:
                continue
        return found[0] if len(found) == 1 else None

    def record(self, store: RunStore, files: RunFiles) -> RunRecord:
        """Return a run that was found as a list shows it, with who ran it."""
        return self._with_person(store, store.record(files))

    def _with_person(self, store: RunStore, record: RunRecord) -> RunRecord:
        if record.run not in self._people:
            started = _started(store.files(record.run))
            self._people[record.run] = f"{started.user}@{started.host}" if started else "?"
        return replace(record, by=self._people[record.run])

    def _store(self, environment: str) -> RunStore:
        folder = self._home.environment_dir(environment) / "team"
        return self._stores.setdefault(environment, RunStore(folder))

    def _environments(self) -> Iterator[str]:
        try:
            yield from sorted(path.name for path in self._home.environments.iterdir() if (path / "team").is_dir())
        except FileNotFoundError:
            return


def fetch_team_runs(home: Home, environment: Environment, say: Callable[[str], None]) -> Fetched:
    """Fetch what colleagues did in an environment from its state bucket; nothing where there is none yet.

    Raises what AWS refuses.
    """
    from autocorp_wizard.core.bootstrap import StatePlace
    from autocorp_wizard.rollout.access import access_for
    from autocorp_wizard.rollout.state_store import StateStore

    shared = StateStore(access_for(environment, home, say), StatePlace.of(environment))
    return TeamRuns(home).fetch(shared, [files.run for files in RunStore(home.runs).all()])


def _request(files: RunFiles, environment: str) -> Request | None:
    """Return what a fetched journal was asked to do; None where it is no whole journal of this run."""
    try:
        events = JournalReader(files.journal).read()
        started = events[0].event if events else None
        if not isinstance(started, RunStarted) or not isinstance(events[-1].event, RunFinished):
            return None
        if started.environment != environment or any(each.run != files.run for each in events):
            return None
        return Request(
            operation=Operation(started.operation),
            environment=environment,
            phase=started.phase,
            stage=started.stage,
            parent=started.parent,
            command=started.command,
        )
    except (JournalTooNewError, ValueError):
        return None


def _started(files: RunFiles) -> RunStarted | None:
    with files.journal.open("rb") as file:
        first = file.readline()
    event = Envelope.from_json(first).event
    return event if isinstance(event, RunStarted) else None
