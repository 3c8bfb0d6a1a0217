"""Nothing is read or made in another account than the environment's."""

from pathlib import Path

import pytest
from moto import mock_aws

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import REHEARSAL_ACCOUNT, Environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, CloudAddress
from autocorp_wizard.rollout.access import access_for


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "throw-away")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def environment(**given: str) -> Environment:
    return Environment("dev", {"cloud": "aws", "region": "us-east-1"} | given)


def test_credentials_of_another_account_are_refused(tmp_path: Path) -> None:
    with mock_aws(), pytest.raises(UsageError, match="123456789012") as caught:
        access_for(environment(account_id="210987654321"), Home(tmp_path), print)
    assert caught.value.code == "ACCOUNT-WRONG"


def test_an_environment_without_account_is_told_the_one_of_the_credentials(tmp_path: Path) -> None:
    with mock_aws(), pytest.raises(UsageError, match="set account_id to 123456789012") as caught:
        access_for(environment(), Home(tmp_path), print)
    assert caught.value.code == "ACCOUNT-UNKNOWN"


def test_the_right_account_opens(tmp_path: Path) -> None:
    with mock_aws():
        access = access_for(environment(account_id="123456789012"), Home(tmp_path), print)
    assert (access.account_id, access.region) == ("123456789012", "us-east-1")


def test_environment_and_rehearsal_cloud_agree_on_the_account() -> None:
    assert REHEARSAL_ACCOUNT == ACCOUNT_ID


@pytest.mark.slow
def test_a_rehearsal_needs_nothing_of_the_operators(
    cloud_home: Path, cloud: CloudAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    access = access_for(Environment("rehearsal", {"cloud": "rehearsal"}), Home(cloud_home), print)
    assert access.identity().account == ACCOUNT_ID
    assert access.terraform_environment()["AWS_ENDPOINT_URL"] == cloud.endpoint_url
    assert "AWS_PROFILE" not in access.terraform_environment()
