"""What the operator's AWS configuration proposes, and what it never decides."""

import os

import pytest

from autocorp_wizard.cli.detecting import detect
from autocorp_wizard.core.environment import Environment


@pytest.fixture
def configuration(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    file = tmp_path / "config"
    file.write_text("[default]\nregion = eu-central-1\n\n[profile other]\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def said(environment):
    words = []
    return detect(environment, words.append), words


def test_the_region_of_the_default_profile_is_proposed(configuration):
    found, words = said(Environment("dev"))
    assert found == {"region": "eu-central-1"}
    assert "no aws credentials" in words[0].lower()


def test_the_region_of_the_named_profile_is_proposed(configuration):
    assert said(Environment("dev", {"aws_profile": "other"}))[0] == {"region": "eu-west-3"}


def test_a_profile_that_is_missing_is_said_and_proposes_nothing(configuration):
    found, words = said(Environment("dev", {"aws_profile": "nobody"}))
    assert found == {}
    assert "nobody" in words[0]


def test_an_account_that_was_named_is_not_looked_up(configuration, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody listens there
    assert said(Environment("dev", {"account_id": "123456789012"})) == ({"region": "eu-central-1"}, [])
