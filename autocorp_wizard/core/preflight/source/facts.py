"""What was read from a source PostgreSQL, as values; ages in seconds, sizes in bytes, settings as the role sees them.

None means that the login may not see it: a rule then says so instead of passing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LOGICAL_SLOTS_SINCE = 90_400


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it is in force for the role; `pending` where a restart is owed."""

    value: str
    pending: bool = False

    @property
    def number(self) -> int:
        """The value as a number, in the unit of pg_settings."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared transaction."""

    gid: str
    database: str
    age: float


@dataclass(frozen=True, slots=True)
class Server:
    """The server, and what its settings are for the role."""

    version: int
    settings: Mapping[str, Setting]
    in_recovery: bool
    encoding: str
    database: str
    skew: float
    is_monitor: bool
    physical_senders: int
    senders: int
    slots: int
    decoders: int
    prepared: tuple[Prepared, ...]
    free_connections: int
    subscriptions: int
    has_pglogical: bool
    encrypted: bool
    tls_version: str
    system_identifier: str
    managed: str = ""

    def number(self, name: str) -> int:
        """Return a numeric setting; 0 where this version does not know it."""
        found = self.settings.get(name)
        return found.number if found else 0


@dataclass(frozen=True, slots=True)
class HbaLine:
    """A line of pg_hba.conf as pg_hba_file_rules shows it; `address` is empty for local ones, `netmask` for names."""

    number: int
    kind: str
    databases: tuple[str, ...]
    users: tuple[str, ...]
    address: str
    netmask: str
    method: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """The replication user; `hba` was read as `looked_as`, None where that login may not."""

    name: str
    is_super: bool
    may_replicate: bool
    valid_for: float | None
    connection_limit: int
    database_limit: int
    hba: tuple[HbaLine, ...] | None
    creates_in: Mapping[str, bool]
    usable_schemas: Mapping[str, bool]
    future_grants: bool
    looked_as: str = ""


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A logical replication slot."""

    name: str
    plugin: str
    database: str
    active: bool
    wal_status: str
    retained: int
    xmin_age: int


@dataclass(frozen=True, slots=True)
class Writer:
    """A transaction that holds an id; age and names are None where the login may not see them."""

    pid: int
    age: float | None
    user: str
    database: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What goes on: slots, writers, archiver, write-ahead log.

    In bytes a second `wal_rate` is the pace of half a second, `wal_steady` that of an hour or more, where it is known.
    """

    slots: tuple[SlotSeen, ...]
    writers: tuple[Writer, ...]
    archiver_failing: bool
    spilled: int
    wal_bytes: int | None
    wal_rate: float
    leftover_trigger: tuple[bool, bool] | None
    useless_publications: tuple[str, ...]
    wal_steady: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` is its base type's name, `length`, `precision` and `scale` as declared (None: unbounded)."""

    name: str
    type: str
    kind: str
    length: int | None = None
    precision: int | None = None
    generated: str = ""
    longest_label: int = 0
    readable: bool = True
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A selected table; `exists` is false where the mapping names what is not there."""

    name: str
    exists: bool = True
    kind: str = "r"
    persistence: str = "p"
    identity: str = "d"
    key: tuple[str, ...] = ()
    row_security: bool = False
    size: int = 0
    rows: float = 0.0
    analysed: bool = True
    expression_index: bool = False
    deferrable: bool = False
    children: tuple[str, ...] = ()
    columns: tuple[Column, ...] = field(default=())

    def column(self, name: str) -> Column | None:
        """Return a column by name."""
        return next((each for each in self.columns if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Tables:
    """The selected tables, and twins that differ only in case."""

    tables: tuple[Table, ...]
    twins: tuple[str, ...] = ()

    @property
    def there(self) -> tuple[Table, ...]:
        """Those that exist."""
        return tuple(each for each in self.tables if each.exists)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the environment wants of its source. `replicating` where its task exists and holds a slot.

    `wal_free_bytes` is what is free on the disk of the write-ahead log, None where nobody said. `network` is where DMS
    will be, empty where that is not known; `dms_is_here` on a rehearsal. `system_identifier` is the server's that is
    meant, empty where nobody said.
    """

    user: str
    database: str
    tables: tuple[str, ...]
    ssl_mode: str = "none"
    tasks: int = 1
    plugin: str = "test_decoding"
    heartbeat_schema: str = "public"
    captures_ddl: bool = False
    lob_max_bytes: int = 32 * 1024
    outage_hours: float = 48.0
    network: str = ""
    replicating: bool = False
    wal_free_bytes: int | None = None
    dms_is_here: bool = False
    system_identifier: str = ""
