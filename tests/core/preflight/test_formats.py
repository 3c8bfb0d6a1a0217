"""The forms that other tools read, and the packets for those who apply what helps."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from autocorp_wizard.core.preflight.formats import helps, junit, markdown, sarif
from autocorp_wizard.core.preflight.packets import packets
from autocorp_wizard.core.preflight.record import (
    Applied,
    Audience,
    Check,
    Group,
    Remedy,
    Restart,
    Result,
    Seen,
    Status,
    Vantage,
    Variant,
    passed,
)
from autocorp_wizard.core.preflight.report import Report

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DBA = Audience.DATABASE


def result(name: str, status: Status, *remedies: Remedy, waiver: Applied | None = None) -> Result:
    check = Check(name, f"Title of {name}", Group.SOURCE, Vantage.LAPTOP, lambda: passed(""))
    return Result(check, Seen(status, f"{name} <is> | so\x01", {}, (), remedies), NOW, 0.5, waiver=waiver, was=status)


REPORT = Report(
    "dev",
    NOW,
    (
        result("pg.fine", Status.PASS),
        result(
            "pg.wal_level",
            Status.FAIL,
            Remedy(
                "r", DBA, Variant.SELF_MANAGED, sql="ALTER SYSTEM SET a = 1;", restart=Restart.RESTART, undo="RESET a;"
            ),
            Remedy("r", DBA, Variant.RDS, sql="not for self-managed"),
        ),
        result("pg.role", Status.FAIL, Remedy("r", DBA, sql="ALTER ROLE r REPLICATION;")),
        result(
            "net.test", Status.INCONCLUSIVE, Remedy("open it", Audience.NETWORK, hba="hostssl a b 10.0.0.1/32 scram")
        ),
        result("aws.budget", Status.WARN, waiver=Applied("known", "2026-12-31", "ann")),
    ),
)


def test_junit_counts_each_status_where_it_belongs() -> None:
    suite = ET.fromstring(junit(REPORT)).find("testsuite")  # noqa: S314  (our own)
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["5", "2", "1", "1"]
    waived = suite.find("testcase[@name='aws.budget']/skipped")
    assert waived is not None
    assert waived.get("message") == "waived until 2026-12-31: known"


def test_sarif_keeps_a_waiver_as_a_suppression() -> None:
    run = sarif(REPORT)["runs"][0]  # type: ignore[index,call-overload]
    levels = {each["ruleId"]: each["level"] for each in run["results"]}  # type: ignore[index,call-overload,union-attr]
    assert levels == {"pg.wal_level": "error", "pg.role": "error", "net.test": "warning", "aws.budget": "note"}
    [budget] = [each for each in run["results"] if each["ruleId"] == "aws.budget"]  # type: ignore[index,call-overload,union-attr]
    assert budget["suppressions"][0]["justification"] == "known (ann, until 2026-12-31)"  # type: ignore[index,call-overload]


def test_markdown_survives_what_a_check_saw() -> None:
    text = markdown(REPORT)
    assert "pg.role &lt;is> \\| so" in text
    assert "waived until 2026-12-31: known" in text


def test_packets_are_one_for_each_place_with_one_restart_at_the_end() -> None:
    found = {each.name: each.text for each in packets(REPORT)}
    assert set(found) == {"network-team.md", "source.sql", "pg_hba.conf"}
    sql = found["source.sql"]
    assert sql.index("ALTER ROLE") < sql.index("ALTER SYSTEM")
    assert "One restart" in sql
    assert "-- RESET a;" in sql
    assert "not for self-managed" not in sql
    assert "hostssl a b 10.0.0.1/32 scram" in found["pg_hba.conf"]


def test_what_helps_another_kind_of_source_is_left_out() -> None:
    [wal_level] = [each for each in REPORT.results if each.check.id == "pg.wal_level"]
    assert len(list(helps(wal_level))) == 2
    assert list(helps(wal_level, Variant.RDS)) == ["rds: r not for self-managed"]


def test_nobody_gets_an_empty_packet() -> None:
    assert packets(Report("dev", NOW, (result("pg.fine", Status.PASS),))) == ()
