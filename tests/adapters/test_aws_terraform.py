"""Terraform is led to the source of the identity, so that it can renew it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.errors import UsageError

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "throw-away"}
ROLE = "arn:aws:iam::123456789012:role/deployer"


def variables(given: dict[str, str], **settings: object) -> dict[str, str]:
    return CloudAccess(given, "eu-west-1", "123456789012", **settings).terraform_environment()  # type: ignore[arg-type]


def test_the_rehearsal_clouds_variables_are_handed_on_whole() -> None:
    given = KEYS | {"AWS_ENDPOINT_URL": "https://127.0.0.1:4443", "AWS_CA_BUNDLE": "ca.pem", "PATH": "/bin"}
    handed = variables(given)
    assert handed == {k: v for k, v in given.items() if k != "PATH"} | {
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }


def test_a_profile_is_named_and_no_key_is_copied() -> None:
    handed = variables(KEYS | {"AWS_CONFIG_FILE": "c", "AWS_SESSION_TOKEN": "t"}, profile="lake", ambient=True)
    assert handed["AWS_PROFILE"] == "lake"
    assert handed["AWS_CONFIG_FILE"] == "c"
    assert not any("KEY" in name or "TOKEN" in name for name in handed)


def test_keys_are_copied_only_where_they_are_all_there_is() -> None:
    handed = variables(KEYS | {"AWS_SESSION_TOKEN": "t"}, ambient=True)
    assert handed.items() >= (KEYS | {"AWS_SESSION_TOKEN": "t"}).items()


def test_a_container_is_asked_by_terraform_itself() -> None:
    given = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x", "AWS_EXECUTION_ENV": "x"}
    handed = variables(given, ambient=True)
    assert handed["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] == "/v2/x"
    assert "AWS_EXECUTION_ENV" not in handed


def test_a_role_needs_a_private_directory() -> None:
    with pytest.raises(UsageError):
        variables(KEYS, role_arn=ROLE, ambient=True)


def test_the_roles_configuration_is_private_and_holds_no_key(tmp_path: Path) -> None:
    handed = variables(KEYS, role_arn=ROLE, ambient=True, private_dir=tmp_path / "aws")
    config = Path(handed["AWS_CONFIG_FILE"])
    assert config.stat().st_mode & 0o777 == 0o600
    assert "throw-away" not in config.read_text()
    assert ROLE in config.read_text()
    # Under their own names the keys would go before the profile.
    assert not set(KEYS) & set(handed)


@pytest.mark.slow
def test_an_sdk_with_those_variables_gets_the_roles_session(tmp_path: Path) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        given = KEYS | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}
        handed = variables(given, role_arn=ROLE, ambient=True, private_dir=tmp_path)
        code = "import boto3, json; print(json.dumps(boto3.client('sts').get_caller_identity()['Arn']))"
        answer = subprocess.run(
            [sys.executable, "-c", code],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"} | handed,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        server.stop()
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == "arn:aws:sts::123456789012:assumed-role/deployer/autocorp-wizard"
