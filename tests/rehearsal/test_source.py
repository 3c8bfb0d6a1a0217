"""The source database: real PostgreSQL, the seven tables, roles that may what they need and no more."""

import json
import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal import source_cluster, source_fill, source_place
from autocorp_wizard.rehearsal.source import SourceAddress, SourceDatabase
from autocorp_wizard.rehearsal.source_binaries import Binaries, find_binaries
from autocorp_wizard.rehearsal.source_place import Place
from autocorp_wizard.rehearsal.source_schema import TABLES

pytestmark = pytest.mark.slow


@contextmanager
def _as(address: SourceAddress, user: str, **more: object) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host=address.host,
        port=address.port,
        dbname=address.database,
        user=user,
        password=address.password_of(user),
        sslmode="verify-full",
        sslrootcert=str(address.ca_bundle),
        autocommit=True,
        **more,
    ) as connection:
        yield connection


def _count(connection: psycopg.Connection, what: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0]  # noqa: S608


def test_the_seven_tables_hold_the_rows_that_the_page_names(source: SourceAddress) -> None:
    with _as(source, source.inspector_user) as inspector:
        counts = {table: _count(inspector, table) for table in TABLES}
        assert counts["auto_parts"] == 400
        assert counts["customers"] == 1149
        assert counts["service"] == 110
        assert counts["service_parts"] == 1074
        assert counts["sales_order"] == 500
        assert counts["sales_order_parts"] > 500
        assert counts["sales_order_services"] > 0
        assert _count(inspector, "(SELECT DISTINCT category FROM service) c") == 11
        assert _count(inspector, "order_summary") == 500
        assert _count(inspector, "service_with_parts") == 1074


def test_totals_add_up_and_the_mix_is_the_real_one(source: SourceAddress) -> None:
    with _as(source, source.inspector_user) as inspector:
        assert _count(inspector, "sales_order WHERE subtotal + tax <> total_amount") == 0
        wrong = """sales_order o WHERE subtotal <>
            (SELECT coalesce(sum(line_total), 0) FROM sales_order_parts p WHERE p.order_id = o.order_id) +
            (SELECT coalesce(sum(line_total), 0) FROM sales_order_services s WHERE s.order_id = o.order_id)"""
        assert _count(inspector, wrong) == 0
        assert 0.75 < _count(inspector, "sales_order WHERE order_type = 'Parts'") / 500 < 0.9
        outside = "sales_order WHERE order_date < '2021-06-07' OR order_date >= '2025-01-01'"
        assert _count(inspector, outside) == 0


def test_deleting_an_order_cascades_and_new_keys_follow_the_loaded_ones(own_source: SourceDatabase) -> None:
    address = own_source.ensure()
    with _as(address, "postgres") as owner:
        order = owner.execute("SELECT order_id FROM sales_order_parts LIMIT 1").fetchone()[0]
        owner.execute("DELETE FROM sales_order WHERE order_id = %s", [order])
        assert _count(owner, f"sales_order_parts WHERE order_id = {order}") == 0
        added = owner.execute(
            "INSERT INTO sales_order (customer_id, order_date, invoice_number, total_amount, order_type) "
            "VALUES (1, now(), 'INV-NEW', 1, 'Parts') RETURNING order_id"
        ).fetchone()[0]
        assert added == 61
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute("UPDATE sales_order SET order_type = 'Other' WHERE order_id = %s", [added])


def test_the_inspector_sees_other_sessions_and_writes_nothing(source: SourceAddress) -> None:
    with _as(source, source.replication_user), _as(source, source.inspector_user) as inspector:
        seen = "pg_stat_activity WHERE usename = 'dms_replication' AND backend_start IS NOT NULL"
        assert _count(inspector, seen) >= 1
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            inspector.execute("DELETE FROM sales_order")
        inspector.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            inspector.execute("DELETE FROM sales_order")


def test_the_replication_role_can_open_a_slot_and_read_changes(own_source: SourceDatabase) -> None:
    address = own_source.ensure()
    with _as(address, address.replication_user) as replication, _as(address, "postgres") as owner:
        assert replication.execute("SHOW wal_level").fetchone() == ("logical",)
        replication.execute("SELECT pg_create_logical_replication_slot('dms', 'test_decoding')")
        owner.execute("UPDATE auto_parts SET price = price + 1 WHERE sku = 'SKU-00001'")
        changes = replication.execute("SELECT data FROM pg_logical_slot_get_changes('dms', NULL, NULL)").fetchall()
        assert any("auto_parts" in data for (data,) in changes)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            replication.execute("DELETE FROM sales_order")


def test_a_wrong_password_is_refused_and_connections_are_encrypted(source: SourceAddress) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=source.host, port=source.port, dbname=source.database, user="postgres", password="x")
    with _as(source, source.inspector_user) as inspector:
        (version,) = inspector.execute("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
        assert version == "TLSv1.3"


def test_passwords_are_private_and_nowhere_else(own_source: SourceDatabase, tmp_path: Path) -> None:
    address = own_source.ensure()
    words = [address.password_of(user) for user in ("postgres", address.replication_user, address.inspector_user)]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in address.passwords.iterdir())
    base = Path(own_source.place().base)
    for path in [*(tmp_path / "own-home").rglob("*"), *base.rglob("*")]:
        if path.is_file() and path.parent != address.passwords:
            content = path.read_bytes()
            assert not any(word.encode() in content for word in words), path
    assert Path("/proc").exists() is False or not any(
        word in Path(f"/proc/{address.pid}/cmdline").read_text() for word in words
    )


def test_it_runs_as_nobody_important(own_source: SourceDatabase, tmp_path: Path) -> None:
    address = own_source.ensure()
    if os.geteuid() == 0:
        assert Path(f"/proc/{address.pid}").stat().st_uid != 0
    assert stat.S_IMODE(Path(own_source.place().base).stat().st_mode) == 0o700


def test_rows_and_port_survive_a_stop_and_a_kill(own_source: SourceDatabase) -> None:
    first = own_source.ensure()
    with _as(first, "postgres") as owner:
        owner.execute("UPDATE customers SET city = 'Marked' WHERE customer_id = 7")
    assert own_source.stop() is True
    assert own_source.find() is None
    second = own_source.ensure()
    assert second.port == first.port
    os.kill(second.pid, signal.SIGKILL)
    third = own_source.ensure()
    with _as(third, third.inspector_user) as inspector:
        assert inspector.execute("SELECT city FROM customers WHERE customer_id = 7").fetchone() == ("Marked",)


def test_other_rows_are_told_to_count_only_for_a_new_one(own_source: SourceDatabase, tmp_path: Path) -> None:
    said: list[str] = []
    own_source.ensure()
    own_source.stop()
    SourceDatabase(tmp_path / "own-home").ensure(said.append)
    assert not any("keeps" in line for line in said)
    own_source.stop()
    SourceDatabase(tmp_path / "own-home", rows=7).ensure(said.append)
    assert any("keeps its 60 orders" in line for line in said)


def test_the_same_seed_gives_the_same_rows(own_source: SourceDatabase, tmp_path: Path) -> None:
    twin = SourceDatabase(tmp_path / "twin", rows=60)
    digest = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
    try:
        found = []
        for address in (own_source.ensure(), twin.ensure()):
            with _as(address, address.inspector_user) as inspector:
                found.append([inspector.execute(digest.format(table)).fetchone() for table in TABLES])
        assert found[0] == found[1]
    finally:
        twin.remove()


def test_remove_leaves_nothing(own_source: SourceDatabase) -> None:
    address = own_source.ensure()
    base = Path(own_source.place().base)
    own_source.remove()
    assert not base.exists()
    assert list(address.passwords.iterdir()) == []
    assert own_source.find() is None


def test_a_set_up_that_was_cut_short_is_done_again(own_source: SourceDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("the connection was lost")

    with monkeypatch.context() as patched:
        patched.setattr(source_fill, "fill", fail)
        with pytest.raises(WizardError, match=r"the connection was lost.*--reset"):
            own_source.ensure()
    half = Path(own_source.place().base)
    address = own_source.ensure()
    assert not half.exists() or half == Path(own_source.place().base)
    with _as(address, address.inspector_user) as inspector:
        assert _count(inspector, "sales_order") == 60


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: (data / "global" / "pg_control").unlink(), "pg_control"),
        (lambda data: data.rename(data.with_name("gone")), "gone"),
    ],
)
def test_a_dead_data_directory_is_told_with_the_way_out(
    own_source: SourceDatabase, damage: Callable[[Path], object], told: str
) -> None:
    own_source.ensure()
    own_source.stop()
    damage(Path(own_source.place().base) / "data")
    with pytest.raises(WizardError, match=rf"{told}.*--reset"):
        own_source.ensure()


def test_a_machine_without_postgresql_is_told_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(WizardError, match=r"postgresql package.*autocorp-wizard\[postgres\]"):
        find_binaries({"AUTOCORP_POSTGRES_BIN": str(tmp_path)})


def test_a_full_disk_is_an_error_with_a_next_step(own_source: SourceDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(source_cluster, "renew_certificate", full)
    with pytest.raises(WizardError, match=r"No space left on device.*Make room"):
        own_source.ensure()


def test_a_taken_port_is_given_up(own_source: SourceDatabase) -> None:
    import socket

    port = own_source.ensure().port
    own_source.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert own_source.ensure().port != port


def test_binaries_that_the_account_cannot_enter_are_copied_with_their_libraries(tmp_path: Path) -> None:
    """As root, with a wheel below /root: the server's own account could not start it there."""
    package = tmp_path / "site-packages" / "pgserver"
    (package / "pginstall" / "bin").mkdir(parents=True)
    (package / "pginstall" / "bin" / "postgres").write_text("server")
    package.with_name("pgserver.libs").mkdir()
    (package.with_name("pgserver.libs") / "libpq.so").write_text("library")
    (tmp_path / "base").mkdir()
    binaries = Binaries(package / "pginstall" / "bin", 16)
    assert source_place.within_reach(Place(tmp_path / "base", None), binaries) is binaries
    if os.geteuid() != 0:
        pytest.skip("only root runs the server as somebody else")
    place = Place(tmp_path / "base", "nobody")
    for _ in range(2):
        copied = source_place.within_reach(place, binaries)
        assert (copied.directory / "postgres").read_text() == "server"
        assert (copied.directory / "../../../pgserver.libs/libpq.so").read_text() == "library"
        assert (copied.directory / "postgres").stat().st_uid != 0


def test_a_place_whose_home_is_gone_is_swept_and_others_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root keeps clusters outside the home")
    monkeypatch.setattr(source_place, "_parents", lambda: [tmp_path])
    monkeypatch.setattr(source_place, "is_reachable", lambda _: True)
    long_ago = (1_000_000_000, 1_000_000_000)
    gone = source_place.find_place(tmp_path / "gone")
    fresh = source_place.find_place(tmp_path / "not-recorded-yet")
    kept_home = tmp_path / "kept"
    kept_home.mkdir()
    kept = source_place.find_place(kept_home)
    (kept_home / "source.json").write_text(json.dumps({"base": str(kept.base)}))
    for place in (gone, kept):
        os.utime(place.base, long_ago)
    source_place.find_place(tmp_path / "new")
    assert not gone.base.exists()
    assert kept.base.exists()
    assert fresh.base.exists()
