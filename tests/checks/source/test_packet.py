"""As a database administrator would try it: the packet for a stock PostgreSQL makes it ready, with one restart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autocorp_wizard.core.preflight.packets import packets
from autocorp_wizard.core.preflight.record import Audience, Restart, Status
from autocorp_wizard.core.preflight.report import Report
from tests.checks.source.bench import Bench, failures

pytestmark = [pytest.mark.slow, pytest.mark.full]

# What initdb of PostgreSQL 15 leaves, as far as replication asks; the rest is where the test's server listens.
_STOCK = ("wal_level", "max_wal_senders", "max_replication_slots", "max_slot_wal_keep_size", "wal_sender_timeout")


def _as_installed(bench: Bench) -> None:
    """Take from the rehearsal's source what made it ready: settings, rights and the heartbeat's schema."""
    path = bench.data / "postgresql.auto.conf"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(_STOCK)]
    path.write_text("\n".join([*lines, ""]))
    bench.restart()
    bench.sql(
        "DROP SCHEMA IF EXISTS dms_artifacts CASCADE",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM dms_replication",
        "ALTER ROLE dms_replication RESET ALL",
        "ALTER ROLE dms_replication NOREPLICATION NOBYPASSRLS",
    )


def test_the_packet_for_a_stock_server_makes_it_ready_with_one_restart(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        _as_installed(bench)
        before = bench.look()
        assert {"pg.wal_level", "pg.role.replication", "pg.priv.select", "pg.heartbeat"} <= set(failures(before))
        report = Report("dev", datetime.now(UTC), tuple(before.values()))
        found = {each.name: each for each in packets(report)}
        text = found["source.sql"].text
        assert found["source.sql"].audience is Audience.DATABASE
        assert "One restart at the end covers everything." in text
        needed = [remedy for each in report.failures for remedy in each.seen.remedies if remedy.sql]
        assert any(remedy.restart is Restart.RESTART for remedy in needed)

        bench.script("\n".join(line for line in text.splitlines() if not line.startswith("--")))
        bench.restart()

        after = bench.look()
        assert failures(after) == []
        assert after["pg.slot.probe"].status is Status.PASS
    finally:
        bench.close()
