"""What a runner is asked to do: written beside the journal, so it holds no secret."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Self, cast

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One operation on one environment.

    `digest` and `plan_run` name the approved plan of an apply; `confirm` is the environment's name as typed by the
    person where something is lost; `mode` is the door of a bootstrap (create, adopt, verify); `until` is the last
    phase of a rollout and `approve_all` approves its harmless plans; `unlock` allows a recovery to break a lock
    whose holder cannot be seen from here; `adopt` lets a plan import what exists already under its names. `command`
    is the equivalent command line.
    """

    operation: Operation
    environment: str
    phase: str = ""
    stage: str = ""
    digest: str = ""
    plan_run: str = ""
    confirm: str = ""
    mode: str = ""
    until: str = ""
    approve_all: bool = False
    unlock: bool = False
    bump_secret: bool = False
    adopt: bool = False
    env_file: str = ""
    terraform_dir: str = ""
    parent: str = ""
    command: str = ""

    def to_json(self) -> str:
        """Return the request as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a request; raises WizardError where it is none."""
        try:
            raw = cast("dict[str, str | bool]", json.loads(text))
            known = {f.name for f in dataclasses.fields(cls)}
            values = {key: value for key, value in raw.items() if key in known}
            values["operation"] = Operation(str(values["operation"]))
            return cls(**values)  # type: ignore[arg-type]  # the fields were chosen by name just above
        except (ValueError, KeyError, TypeError) as error:
            raise WizardError(
                "REQUEST-DAMAGED",
                "The request of this run cannot be read.",
                why=str(error),
                next_step="Start the command again; the damaged run did nothing.",
            ) from error
