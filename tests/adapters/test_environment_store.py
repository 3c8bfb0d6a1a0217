"""Environments on disk: whole or not at all, and every refusal with file and line."""

import os
import stat
from pathlib import Path

import pytest

from autocorp_wizard.adapters.answers_file import read_answers_file
from autocorp_wizard.adapters.environment_store import EnvironmentStore, write_atomically
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError

GIVEN = {"account_id": "012345670123", "region": "eu-central-1"}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def test_an_environment_is_read_back_as_it_was_saved(home):
    store = EnvironmentStore(home)
    environment = Environment(
        "dev", GIVEN | {"postgres_host": "db", "tags": {"Team": "data"}}, frozenset({"region"}), 1
    )
    path = store.save(environment)
    assert store.load("dev") == environment
    assert store.names() == ["dev"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700


def test_an_unknown_environment_is_named_with_the_ones_there_are(home):
    store = EnvironmentStore(home)
    store.save(Environment("staging", GIVEN))
    with pytest.raises(UsageError) as caught:
        store.load("stagin")
    assert "nearest one is 'staging'" in caught.value.why
    assert caught.value.exit_code == 2


def test_an_empty_home_is_a_valid_start(home):
    store = EnvironmentStore(home)
    assert store.names() == []
    with pytest.raises(UsageError, match="no environment 'dev'"):
        store.load("dev")
    assert not home.root.exists()


def test_a_file_of_its_own_is_the_environment(home, tmp_path):
    file = tmp_path / "deploy" / "dev.yaml"
    file.parent.mkdir()
    EnvironmentStore(home, file).save(Environment("dev", GIVEN))
    assert EnvironmentStore(home, file).load("dev").account_id == "012345670123"
    assert not home.root.exists()
    with pytest.raises(UsageError, match="describes the environment 'dev'"):
        EnvironmentStore(home, file).load("prod")


def test_a_name_that_climbs_out_of_the_home_finds_nothing(home):
    with pytest.raises(UsageError, match="no environment"):
        EnvironmentStore(home).load("../../etc")


@pytest.mark.parametrize(
    ("file", "text", "line", "why"),
    [
        ("a.yaml", "region: eu-west-1\npreset: [dev\n", "line 3", ""),
        ("a.yaml", "region: eu-west-1\nregion: eu-west-2\n", "line 2", "second time"),
        ("a.yaml", "- region\n", "line 1", "no list of"),
        ("a.yaml", "a: b: c\n", "line 1", ""),
        ("a.json", '{\n  "region": "eu-west-1",\n}', "line", ""),
        ("a.json", "region: eu-west-1", "line 1", ""),
        ("a.yaml", "s3_lifecycle_days: 0o99\ntags: !!int x\n", "line 2", ""),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(tmp_path, file, text, line, why):
    path = tmp_path / file
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_answers_file(path)
    assert caught.value.code == "ANSWERS-MALFORMED"
    assert line in caught.value.what
    assert why in caught.value.why
    assert "nothing was written" in caught.value.next_step


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no file of answers"):
        read_answers_file(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_answers_file(tmp_path / "none.yaml")


def test_scalars_are_taken_by_the_kind_of_their_field_and_not_by_yaml(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("account_id: 012345670123\nproject_name: on\npostgres_port: 5433\npostgres_host: 10.0.0.1\n")
    document = read_answers_file(path)
    assert document.values == {
        "account_id": "012345670123",
        "project_name": "on",
        "postgres_port": 5433,
        "postgres_host": "10.0.0.1",
    }
    assert document.lines["postgres_port"] == 3


def test_json_may_be_indented_by_tabs(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{\n\t"region": "eu-west-1"\n}')
    assert read_answers_file(path).values == {"region": "eu-west-1"}


def test_a_wrong_answer_in_an_environment_file_names_file_and_line(home):
    store = EnvironmentStore(home)
    path = store.save(Environment("dev", GIVEN))
    path.write_text(path.read_text() + "postgres_prot: 1\n")
    with pytest.raises(UsageError) as caught:
        store.load("dev")
    assert f"line {len(path.read_text().splitlines())}" in caught.value.what
    assert "postgres_port" in caught.value.why


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    write_atomically(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.yaml"]  # noqa: PTH208


def test_the_home_is_what_the_option_the_variable_or_the_platform_says(tmp_path):
    assert Home.resolve(tmp_path / "a", {"AUTOCORP_HOME": "/b"}).root == tmp_path / "a"
    assert Home.resolve(None, {"AUTOCORP_HOME": "/b"}).root == Path("/b")
    assert Home.resolve(None, {}).root.name == "autocorp-wizard"


def test_a_home_that_cannot_be_made_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as caught:
        Home(tmp_path / "file" / "home").make()
    assert "--home" in caught.value.next_step
