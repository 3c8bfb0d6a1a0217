"""A PostgreSQL cluster of our own: made, started and ended, as an unprivileged account where we are root."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters import process
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal.processes import ProcessMark, end, is_alive, mark_of
from autocorp_wizard.rehearsal.source_address import HOST, SUPERUSER
from autocorp_wizard.rehearsal.source_binaries import Binaries
from autocorp_wizard.rehearsal.source_place import Place, give
from autocorp_wizard.rehearsal.tls import Certificates

_START_SECONDS: Final = 30.0
_INIT_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.02
_READY_LINE: Final = 7

# fsync is off because the rows can be made anew; what matters to replication is set as it must be on a real source.
_SETTINGS: Final = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 32MB
wal_level = logical
max_wal_senders = 10
max_replication_slots = 10
wal_keep_size = 64MB
max_slot_wal_keep_size = 2GB
max_wal_size = 256MB
wal_sender_timeout = 60s
fsync = off
full_page_writes = off
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
lc_monetary = 'C'
logging_collector = on
log_directory = 'log'
log_filename = 'source-%H.log'
log_truncate_on_rotation = on
log_rotation_age = 60
log_rotation_size = 0
log_file_mode = 0600
log_min_error_statement = panic
log_statement = none
"""

_TLS_SETTINGS: Final = """
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.crt'
ssl_min_protocol_version = 'TLSv1.2'
"""

_HBA: Final = """
host    all          all  127.0.0.1/32  scram-sha-256
host    replication  all  127.0.0.1/32  scram-sha-256
"""


def create(place: Place, binaries: Binaries, password: str, certificates: Certificates) -> bool:
    """Make an empty cluster; its superuser is `postgres` with that password. Says whether it speaks TLS."""
    word = place.base / "pwfile"
    descriptor = os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(password + "\n")
    give(word, place.account)
    try:
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--data-checksums"]
        made = process.run(
            [
                str(binaries.directory / "initdb"),
                f"--pgdata={place.data}",
                f"--username={SUPERUSER}",
                f"--pwfile={word}",
                *options,
            ],
            cwd=place.base,
            env=_environment(),
            timeout=_INIT_SECONDS,
            account=place.account,
        )
    finally:
        word.unlink(missing_ok=True)
    if made.exit_code:
        raise WizardError(
            "REHEARSAL-INITDB",
            "The rehearsal's PostgreSQL could not be set up.",
            why=_last_line(made.stderr) or f"initdb ended with {made.exit_code}.",
            next_step=f"See that {place.base.parent} has room (about 80 MB) and that {binaries.directory} is complete.",
        )
    _write(place, "pg_hba.conf", _HBA.encode())
    renew_certificate(place, certificates)
    _write(place, "postgresql.auto.conf", (_SETTINGS + _TLS_SETTINGS).encode())
    asked = process.run(
        [str(binaries.directory / "postgres"), "-D", str(place.data), "-C", "ssl"],
        cwd=place.base,
        env=_environment(),
        timeout=_INIT_SECONDS,
        account=place.account,
    )
    if asked.exit_code == 0:
        return True
    # The servers that wheels carry are built without TLS.
    _write(place, "postgresql.auto.conf", _SETTINGS.encode())
    return False


def renew_certificate(place: Place, certificates: Certificates) -> None:
    """Put the present certificate into the cluster."""
    for name, path in (
        ("server.crt", certificates.certificate),
        ("server.key", certificates.key),
        ("ca.crt", certificates.ca),
    ):
        _write(place, name, path.read_bytes())


def start(place: Place, binaries: Binaries, *, wanted_port: int, log: Path) -> tuple[ProcessMark, int]:
    """Start the cluster and wait until it takes connections; returns its process and port."""
    port = wanted_port if wanted_port and _is_free(wanted_port) else _free_port()
    log.unlink(missing_ok=True)
    pid = process.spawn_detached(
        [str(binaries.directory / "postgres"), "-D", str(place.data), "-p", str(port)],
        cwd=place.base,
        env=_environment(),
        log=log,
        account=place.account,
    )
    mark = mark_of(pid)
    deadline = time.monotonic() + _START_SECONDS
    while mark is not None and is_alive(mark):
        if _is_ready(place, pid):
            return mark, port
        if time.monotonic() > deadline:
            end(mark, patience=5.0, first=signal.SIGINT)
            break
        time.sleep(_POLL_SECONDS)
    raise WizardError(
        "REHEARSAL-POSTGRES-START",
        "The rehearsal's PostgreSQL did not start.",
        why=_why_dead(place, log),
        next_step="`autocorp-wizard rehearse --reset` makes a new one with the same rows.",
    )


def stop(mark: ProcessMark) -> bool:
    """End the cluster at once but cleanly; say whether it ran."""
    return end(mark, patience=10.0, first=signal.SIGINT)


def _is_ready(place: Place, pid: int) -> bool:
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return lines[:1] == [str(pid)] and len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"


def _why_dead(place: Place, log: Path) -> str:
    if not (place.data / "PG_VERSION").exists():
        return f"Its data directory {place.data} is gone."
    logs = sorted((place.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    said = [line for path in (*logs, log) if path.exists() for line in path.read_text(errors="replace").splitlines()]
    fatal = [line.partition("FATAL:")[2].strip() for line in said if "FATAL:" in line]
    return f"It said: {(fatal or said or ['nothing'])[-1]}."


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _write(place: Place, name: str, content: bytes) -> None:
    path = place.data / name
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    give(path, place.account)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
