"""The rehearsal's source database: a PostgreSQL of our own with the AutoCorp tables, filled and ready to replicate."""

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal import source_cluster, source_place
from autocorp_wizard.rehearsal.processes import ProcessMark, is_alive
from autocorp_wizard.rehearsal.source_address import (
    DATABASE,
    HOST,
    INSPECTOR_USER,
    REPLICATION_USER,
    SUPERUSER,
    SourceAddress,
    driver_errors,
    lets_in,
)
from autocorp_wizard.rehearsal.source_binaries import Binaries, find_binaries
from autocorp_wizard.rehearsal.source_place import Place
from autocorp_wizard.rehearsal.source_rows import DEFAULT_ORDERS, DEFAULT_SEED
from autocorp_wizard.rehearsal.tls import Authority

__all__ = ["REPLICATION_USER", "SourceAddress", "SourceDatabase"]


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class _Record:
    place: Place
    port: int
    mark: ProcessMark | None
    filled: bool
    major: int
    rows: int
    seed: int
    tls: bool


class SourceDatabase:
    """The source of one wizard home; `rows` counts orders, the other tables follow from them.

    `rows` and `seed` count when it is first made; None stands for what there is, or 5,000 orders.
    """

    def __init__(self, home: Path, *, rows: int | None = None, seed: int | None = None) -> None:
        self._root = home.absolute() / "rehearsal"
        self._record = self._root / "source.json"
        self._rows = rows
        self._seed = seed

    def find(self) -> SourceAddress | None:
        """Return the running source, None if none runs or it does not let us in."""
        record = self._read()
        if record is None or not record.filled or record.mark is None or not is_alive(record.mark):
            return None
        address = self._address(record)
        return address if lets_in(address, INSPECTOR_USER, DATABASE) else None

    def ensure(self, say: Callable[[str], None] = _silent) -> SourceAddress:
        """Return the running source, made and started if need be. Raises WizardError if that cannot be done."""
        found = self.find()
        if found is not None:
            return found
        try:
            for directory in (self._root, self._passwords):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._alone():
                return self.find() or self._start(say)
        except driver_errors() as cause:
            raise WizardError(
                "REHEARSAL-SOURCE",
                "The rehearsal's source database could not be prepared.",
                why=f"{type(cause).__name__}: {str(cause).strip()}.",
                next_step="Make room on the disk; `autocorp-wizard rehearse --reset` starts over.",
            ) from cause

    def password_on_file(self, user: str) -> str:
        """Return a role's password without asking whether the server runs; empty where there is none yet."""
        try:
            return (self._passwords / user).read_text().strip()
        except FileNotFoundError:
            return ""

    def stop(self) -> bool:
        """End the server, keep its rows; say whether it ran."""
        record = self._read()
        return record is not None and record.mark is not None and source_cluster.stop(record.mark)

    def place(self) -> Place:
        """Return where the cluster lies. Raises WizardError if there is none."""
        record = self._read()
        if record is None:
            raise WizardError(
                "REHEARSAL-NO-SOURCE",
                "There is no source database yet.",
                next_step="Start one with `autocorp-wizard rehearse`.",
            )
        return record.place

    def remove(self) -> None:
        """End the server and delete its rows and passwords."""
        record = self._read()
        self.stop()
        if record is not None:
            source_place.remove(record.place)
        self._record.unlink(missing_ok=True)
        for path in self._passwords.glob("*"):
            path.unlink(missing_ok=True)

    def _start(self, say: Callable[[str], None]) -> SourceAddress:
        binaries = find_binaries()
        known = self._read()
        if known is not None and known.mark is not None:
            # It runs but does not let us in, or it is dead already.
            source_cluster.stop(known.mark)
        if known is not None and known.filled:
            return self._start_again(known, binaries, say)
        if known is not None:
            # An earlier attempt was cut short before its rows were complete.
            source_place.remove(known.place)
        return self._create(binaries, say)

    def _start_again(self, known: _Record, binaries: Binaries, say: Callable[[str], None]) -> SourceAddress:
        if known.major != binaries.major:
            raise WizardError(
                "REHEARSAL-POSTGRES-VERSION",
                f"The rehearsal's source was made by PostgreSQL {known.major}, found is {binaries.major}.",
                why="A server cannot read the files of another major version.",
                next_step=f"Install PostgreSQL {known.major} again, or `autocorp-wizard rehearse --reset`.",
            )
        if self._rows not in {None, known.rows} or self._seed not in {None, known.seed}:
            say(f"The source keeps its {known.rows:,} orders (seed {known.seed}); --reset makes a new one.")
        if known.place.data.is_dir():
            source_cluster.renew_certificate(known.place, Authority(self._root / "tls").ensure("source"))
        return self._run(known, binaries, say)

    def _create(self, binaries: Binaries, say: Callable[[str], None]) -> SourceAddress:
        rows = DEFAULT_ORDERS if self._rows is None else self._rows
        seed = DEFAULT_SEED if self._seed is None else self._seed
        say(f"Setting up PostgreSQL {binaries.major} with {rows:,} orders")
        (self._root / "tls").mkdir(mode=0o700, exist_ok=True)
        for user in (SUPERUSER, REPLICATION_USER, INSPECTOR_USER):
            replace_file(self._passwords / user, secrets.token_urlsafe(24).encode())
        place = source_place.find_place(self._root)
        record = _Record(place, 0, None, False, binaries.major, rows, seed, tls=False)
        self._write(record)
        certificates = Authority(self._root / "tls").ensure("source")
        reachable = source_place.within_reach(place, binaries)
        password = (self._passwords / SUPERUSER).read_text()
        record = replace(record, tls=source_cluster.create(place, reachable, password, certificates))
        return self._run(record, binaries, say)

    def _run(self, record: _Record, binaries: Binaries, say: Callable[[str], None]) -> SourceAddress:
        log = self._root / "source-errors.log"
        reachable = source_place.within_reach(record.place, binaries)
        mark, port = source_cluster.start(record.place, reachable, wanted_port=record.port, log=log)
        started = replace(record, mark=mark, port=port)
        self._write(started)
        address = self._address(started)
        if not started.filled:
            from autocorp_wizard.rehearsal.source_fill import fill  # with the driver, once in a cluster's life

            fill(address, rows=started.rows, seed=started.seed)
            self._write(replace(started, filled=True))
        say(f"The source database answers at {HOST}:{address.port}, database {DATABASE}")
        return address

    @property
    def _passwords(self) -> Path:
        return self._root / "source-passwords"

    def _address(self, record: _Record) -> SourceAddress:
        return SourceAddress(
            host=HOST,
            port=record.port,
            database=DATABASE,
            replication_user=REPLICATION_USER,
            inspector_user=INSPECTOR_USER,
            tls=record.tls,
            ca_bundle=Authority(self._root / "tls").ca,
            passwords=self._passwords,
            pid=record.mark.pid if record.mark is not None else 0,
        )

    def _read(self) -> _Record | None:
        try:
            found = json.loads(self._record.read_text())
            mark = found["mark"]
            return _Record(
                place=Place(Path(found["base"]), found["account"]),
                port=int(found["port"]),
                mark=None if mark is None else ProcessMark(int(mark["pid"]), mark["started"], mark["boot"]),
                filled=bool(found["filled"]),
                major=int(found["major"]),
                rows=int(found["rows"]),
                seed=int(found["seed"]),
                tls=bool(found["tls"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, record: _Record) -> None:
        document = {
            "schema": "autocorp-wizard/rehearsal-source/1",
            "base": str(record.place.base),
            "account": record.place.account,
            "port": record.port,
            "mark": None if record.mark is None else record.mark.as_document(),
            "filled": record.filled,
            "major": record.major,
            "rows": record.rows,
            "seed": record.seed,
            "tls": record.tls,
        }
        replace_file(self._record, json.dumps(document).encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._root / "source.lock", os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
