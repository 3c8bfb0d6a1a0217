"""Make, mend or verify the place where Terraform's state lives. Safe to run again after any failure.

Each setting is read, written only where it differs, and read again: a row says what was wanted, found and done.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.bootstrap import Action, HasState, Mode, Row, RowOutcome, StatePlace, backend_document
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Event, SettingChecked
from autocorp_wizard.rollout.lock_table import LockTable
from autocorp_wizard.rollout.settings import Pause, Setting, patiently
from autocorp_wizard.rollout.state_bucket import StateBucket

__all__ = ["BootstrapResult", "backend_config", "bootstrap"]

T = TypeVar("T")
Record = Callable[[Event], None]

# A write that AWS accepted may take a moment until a read shows it.
_LOOKS: Final = 8


@dataclass(frozen=True, slots=True)
class BootstrapResult:
    """What was found and done, one row per setting."""

    place: StatePlace
    rows: tuple[Row, ...]

    @property
    def holds(self) -> bool:
        """Whether every setting is as it should be now."""
        return all(row.outcome in (RowOutcome.OK, RowOutcome.CHANGED) for row in self.rows)

    @property
    def changed(self) -> int:
        """How many settings were written."""
        return sum(row.outcome is RowOutcome.CHANGED for row in self.rows)


def backend_config(environment: HasState) -> dict[str, str | bool]:
    """Return the arguments of Terraform's S3 backend for an environment."""
    return backend_document(StatePlace.of(environment))


def bootstrap(
    environment: HasState,
    access: CloudAccess,
    *,
    mode: Mode | str = Mode.CREATE,
    record: Record,
    pause: Pause = time.sleep,
) -> BootstrapResult:
    """Bring bucket and lock to what core/bootstrap.py wants, or only compare (mode verify).

    Every row goes to `record` as SettingChecked the moment it is known. Raises BACKEND-FOREIGN for a bucket of another
    account, BACKEND-NOT-OURS for one that the wizard did not make (mode create), and what AWS refuses; what was set
    before stays, and the next run goes on from there.
    """
    return _Bootstrap(StatePlace.of(environment), access, Mode(mode), record, pause).run()


class _Bootstrap:
    def __init__(self, place: StatePlace, access: CloudAccess, mode: Mode, record: Record, pause: Pause) -> None:
        self._place = place
        self._mode = mode
        self._record = record
        self._pause = pause
        self._rows: list[Row] = []
        self._bucket = StateBucket(access, place, pause)
        self._table = LockTable(access, place, pause) if place.lock_table else None

    def run(self) -> BootstrapResult:
        bucket = self._bucket
        self._thing("bucket", bucket.wanted, bucket.look, bucket.create, self._not_ours("bucket", self._place.bucket))
        self._settings(bucket.settings(), present=bucket.exists)
        if self._table is not None:
            table = self._table
            refusal = self._not_ours("table", self._place.lock_table)
            self._thing("lock-table", table.wanted, table.look, table.create, refusal)
            self._settings(table.settings(), present=table.exists)
        return BootstrapResult(self._place, tuple(self._rows))

    def _thing(
        self,
        name: str,
        wanted: str,
        look: Callable[[], tuple[str, bool]],
        create: Callable[[], None],
        refusal: WizardError,
    ) -> None:
        """The bucket or the table itself: missing, ours, or somebody's."""
        found, is_ours = self._failing(name, wanted, look)
        if found == "missing":
            if self._mode is Mode.VERIFY:
                self._row(name, wanted, found, Action.NONE, RowOutcome.DIFFERS)
                return
            self._failing(name, wanted, create, action=Action.CREATE)
            self._row(name, wanted, found, Action.CREATE, RowOutcome.CHANGED)
            return
        if not is_ours and self._mode is Mode.CREATE:
            self._row(name, wanted, found, Action.NONE, RowOutcome.FAILED)
            raise refusal
        self._row(name, wanted, found, Action.NONE, RowOutcome.OK)

    def _settings(self, settings: tuple[Setting, ...], *, present: bool) -> None:
        for setting in settings:
            if present:
                self._setting(setting)
            else:
                self._row(setting.name, setting.wanted, "missing", Action.NONE, RowOutcome.DIFFERS)

    def _setting(self, setting: Setting) -> None:
        found, holds = self._failing(setting.name, setting.wanted, setting.read)
        if holds:
            self._row(setting.name, setting.wanted, found, Action.NONE, RowOutcome.OK)
            return
        if self._mode is Mode.VERIFY:
            self._row(setting.name, setting.wanted, found, Action.NONE, RowOutcome.DIFFERS)
            return
        action = Action.CREATE if found in ("none", "off") else Action.FIX
        self._failing(setting.name, setting.wanted, setting.write, action=action)
        after = found
        for attempt in range(_LOOKS):
            if attempt:
                self._pause(min(2.0**attempt / 4, 5.0))
            after, holds = self._failing(setting.name, setting.wanted, setting.read, action=action)
            if holds:
                self._row(setting.name, setting.wanted, found, action, RowOutcome.CHANGED)
                return
        self._row(setting.name, setting.wanted, after, action, RowOutcome.FAILED)
        raise WizardError(
            "BOOTSTRAP-UNPROVEN",
            f"{setting.name} was set, but AWS still shows: {after}.",
            why=f"Wanted is: {setting.wanted}.",
            next_step="Run bootstrap again in a minute; if it stays, look whether a policy of your organisation undoes "
            "it.",
        )

    def _failing(self, name: str, wanted: str, call: Callable[[], T], *, action: Action = Action.NONE) -> T:
        try:
            return patiently(call, self._pause, self._bucket.is_fresh)
        except WizardError as error:
            self._row(name, wanted, error.what, action, RowOutcome.FAILED)
            raise

    def _row(self, name: str, wanted: str, found: str, action: Action, outcome: RowOutcome) -> None:
        row = Row(name, wanted, found, action, outcome)
        self._rows.append(row)
        self._record(SettingChecked(**row.as_document()))

    @staticmethod
    def _not_ours(kind: str, name: str) -> WizardError:
        return UsageError(
            "BACKEND-NOT-OURS",
            f"The {kind} {name} exists in this account, and the wizard did not make it.",
            why="It lacks the tag ManagedBy=autocorp-wizard, so somebody may use it for something else.",
            next_step=(
                "Three doors: `bootstrap --adopt` keeps its content and mends its settings; `bootstrap --verify-only` "
                f"shows what differs and changes nothing; or name another {kind} with `env edit`."
            ),
        )
