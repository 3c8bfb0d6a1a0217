"""Secrets Manager where destroying and applying again depends on it."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.cloud_fixtures import ClientFor

pytestmark = pytest.mark.slow


def test_a_name_in_its_recovery_window_is_refused_as_aws_does_and_can_be_restored(
    client_for: ClientFor, unique: Callable[[str], str]
) -> None:
    secrets, name = client_for("secretsmanager"), unique("postgres")
    secrets.create_secret(Name=name, SecretString="one")
    with pytest.raises(ClientError) as failed:
        secrets.create_secret(Name=name, SecretString="two")
    assert failed.value.response["Error"]["Code"] == "ResourceExistsException"
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    with pytest.raises(ClientError, match="already scheduled for deletion") as failed:
        secrets.create_secret(Name=name, SecretString="two")
    assert failed.value.response["Error"]["Code"] == "InvalidRequestException"
    secrets.restore_secret(SecretId=name)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "one"
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    secrets.create_secret(Name=name, SecretString="two")
