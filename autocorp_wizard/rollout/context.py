"""What an operation works with: the environment, the way to its cloud, the journal, and the secrets of this run."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.environment_store import EnvironmentStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.adapters.run_store import RunFiles, RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout.access import access_for
from autocorp_wizard.rollout.recorder import Recorder
from autocorp_wizard.rollout.share import built_in_share
from autocorp_wizard.rollout.source import Source, inputs_of, password_on_file, source_for
from autocorp_wizard.rollout.state_store import StateStore

PASSWORD = "postgres_password"  # noqa: S105  (the name of the variable)


@dataclass(slots=True)
class Context:
    """One operation's surroundings. Children of a rollout share everything but request and recorder."""

    home: Home
    request: Request
    recorder: Recorder
    secrets: dict[str, str]
    shared: "Shared"

    @property
    def files(self) -> RunFiles:
        """The files of this run."""
        return self.recorder.files

    @property
    def environment(self) -> Environment:
        """The environment, read once per run."""
        return self.shared.environment

    @property
    def access(self) -> CloudAccess:
        """The way to the environment's cloud; the rehearsal cloud is started where it does not run."""
        return self.shared.access

    @property
    def state_store(self) -> StateStore:
        """The remote state as data."""
        return self.shared.state_store

    @property
    def folder(self) -> Path:
        """The environment's private folder."""
        return self.home.environment_dir(self.request.environment)

    @property
    def store(self) -> RunStore:
        """All runs of this home."""
        return RunStore(self.home.runs)

    def say(self, text: str) -> None:
        """Write a line into the run's log."""
        self.recorder.record(ev.LogWritten(text=text))

    def password(self) -> str:
        """Return the source's password for this run, or nothing; the built-in source tells its own."""
        given = self.secrets.get(PASSWORD, "")
        if not given and self.environment.source_is_built_in:
            given = password_on_file(self.home) or self.shared.source.password
            self.recorder.discretion.learn(given)
        return given

    def input_variables(self) -> dict[str, ev.Json]:
        """Return what the environment leaves to be found out: the addresses of the built-in source and share."""
        variables = built_in_share(self.environment)
        if not self.environment.source_is_built_in:
            return variables
        return variables | inputs_of(self.shared.source)

    def remember_applied(self) -> None:
        """Write down what the state holds now, for faces that must not wait for AWS."""
        state = self.state_store.read()
        document = {
            "phases": [phase.value for phase in Phase if phase in (state.phases if state else ())],
            "serial": state.serial if state else 0,
            "resources": len(state.resources) if state else 0,
            "at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "outputs": dict(state.outputs or {}) if state else {},
            "replication_started": state.replication_started if state else False,
        }
        replace_file(self.folder / "applied.json", json.dumps(document))

    def remember_environment(self, environment: Environment) -> None:
        """Save the environment and go on with it."""
        self.shared.environments.save(environment)
        self.shared.environment = environment


@dataclass
class Shared:
    """What one runner process resolves once."""

    home: Home
    request: Request
    recorder: Recorder
    environments: EnvironmentStore = field(init=False)
    environment: Environment = field(init=False)

    def __post_init__(self) -> None:
        self.environments = EnvironmentStore(self.home, Path(self.request.env_file) if self.request.env_file else None)
        self.environment = self.environments.load(self.request.environment)

    def say(self, text: str) -> None:
        """Write a line into the log of the run that the runner was started for."""
        self.recorder.record(ev.LogWritten(text=text))

    @property
    def knows_the_way(self) -> bool:
        """Whether this process got to the cloud at all; asking for it here starts nothing."""
        return "access" in self.__dict__

    @cached_property
    def access(self) -> CloudAccess:
        """The way to the cloud, checked against the environment's account and region."""
        return access_for(self.environment, self.home, self.say)

    @cached_property
    def state_store(self) -> StateStore:
        """The remote state."""
        return StateStore(self.access, StatePlace.of(self.environment))

    @cached_property
    def source(self) -> Source:
        """The built-in source database, started where it does not run."""
        return source_for(self.home, self.say)
