"""`verify data` as it is called: one line per table, one document, and the exit codes."""

from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.source import SourceAddress
from autocorp_wizard.rehearsal.source_address import connect
from tests.cli.command import call
from tests.operate.curated import fill


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["csv_customers"], "TABLE-UNKNOWN"), (["--curated", "/nowhere/at/all"], "LAKE-ROOT")],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, arguments: list[str], code: str):
    done = call(tmp_path / "home", "verify", "data", "--env", "rehearsal", *arguments, "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == code


@pytest.mark.slow
def test_the_rehearsals_source_and_a_curated_zone(cloud_home: Path, cloud, source: SourceAddress, tmp_path: Path):
    with connect(source, source.replication_user, source.database) as connection:
        fill(connection, tmp_path, "service")
        fill(connection, tmp_path, "service_parts")
        fill(connection, tmp_path, "auto_parts", lambda rows: [{**rows[0], "vendor": "Nobody"}, *rows[1:]])
    ours = ("verify", "data", "--env", "rehearsal")
    zone = ("--curated", str(tmp_path))
    equal = call(cloud_home, *ours, "service", "service_parts", *zone, "--json")
    assert (equal.code, equal.document()["verdict"]) == (0, "equal"), equal.err
    words = call(cloud_home, *ours, "auto_parts", "--values", *zone)
    assert words.code == 3
    assert "It differs in vendor." in words.out
    assert "lake 'Nobody'" in words.out
    document = call(cloud_home, *ours, "auto_parts", *zone, "--json").document()
    assert "Nobody" not in str(document), "what rows hold is shown to those who ask for it"
    assert call(cloud_home, *ours, "service", "customers", *zone).code == 5


@pytest.mark.slow
def test_a_lake_that_is_not_deployed_is_not_known(cloud_home: Path, cloud):
    done = call(cloud_home, "verify", "data", "--env", "rehearsal", "--json")
    assert (done.code, done.document()["error"]["code"]) == (5, "LAKE-UNSEEN")
