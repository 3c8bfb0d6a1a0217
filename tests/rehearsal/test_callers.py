"""Who may call, what is missing, and that nothing of the operator's own AWS configuration is looked at."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.exports import as_document, shell_exports
from autocorp_wizard.rehearsal.faults import CloudControl
from tests.cloud_fixtures import ClientFor

pytestmark = pytest.mark.slow

LOOK_AROUND = """
import boto3, json
session = boto3.Session()
session.client("s3").create_bucket(Bucket="looked-around")
print(json.dumps({
    "account": session.client("sts").get_caller_identity()["Account"],
    "buckets": [bucket["Name"] for bucket in session.client("s3").list_buckets()["Buckets"]],
    "roles": len(session.client("iam").list_roles()["Roles"]),
    "endpoints": len(session.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]),
}))
"""


@pytest.fixture
def poisoned_home(tmp_path: Path) -> Path:
    """A home whose AWS configuration would lead anybody who reads it astray."""
    home = tmp_path / "operator"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_text(
        "[default]\nregion = eu-west-1\nendpoint_url = https://127.0.0.1:9\n"
        f"[profile production]\ncredential_process = /bin/sh -c 'touch {tmp_path}/was-run'\n"
    )
    (home / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAPOISONEDPOISONED\naws_secret_access_key = poison\n"
    )
    for path in (home / ".aws").iterdir():
        # An access time in the past: the first read would renew it.
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return home


def _traces(home: Path) -> list[tuple[str, bytes, float]]:
    found = sorted((home / ".aws").iterdir())
    times = [path.stat().st_atime for path in found]
    return [(path.name, b"", time) for path, time in zip(found, times, strict=True)]


def test_nothing_of_the_operators_own_configuration_is_read(
    poisoned_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _traces(poisoned_home)
    monkeypatch.setenv("HOME", str(poisoned_home))
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "stale")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://127.0.0.1:9")
    own = RehearsalCloud(tmp_path / "wizard", warm=False)
    try:
        address = own.ensure()
        script = [sys.executable, "-c", LOOK_AROUND]
        asked = subprocess.run(script, env=address.beside(), capture_output=True, text=True, check=True)
        assert json.loads(asked.stdout)["account"] == ACCOUNT_ID
        shell = ["/bin/sh", "-c", f'eval "$1"; {sys.executable} -c "$2"', "sh", shell_exports(address), LOOK_AROUND]
        asked = subprocess.run(shell, capture_output=True, text=True, check=True)
        assert json.loads(asked.stdout)["buckets"] == ["looked-around"]
    finally:
        own.stop()
    assert _traces(poisoned_home) == before
    assert not (tmp_path / "was-run").exists()
    assert sorted(path.name for path in poisoned_home.iterdir()) == [".aws"]


def test_access_times_tell_a_read_on_this_file_system(poisoned_home: Path) -> None:
    """The control of the test above: a read would have been seen."""
    before = _traces(poisoned_home)
    (poisoned_home / ".aws" / "config").read_bytes()
    if _traces(poisoned_home) == before:
        pytest.skip("this file system does not keep access times (noatime)")


def test_the_exports_set_up_a_shell_completely(cloud: CloudAddress) -> None:
    shell = shutil.which("dash") or "/bin/sh"
    script = f'export AWS_PROFILE=x AWS_ROLE_ARN=y NO_PROXY=corp; eval "$1"; {sys.executable} -c "$2"'
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    told = subprocess.run([shell, "-c", script, "sh", shell_exports(cloud), show], capture_output=True, check=True)
    variables = json.loads(told.stdout)
    assert {name: value for name, value in variables.items() if name.startswith("AWS_")} == cloud.environment()
    assert variables["NO_PROXY"].split(",") == ["corp", "127.0.0.1", "localhost"]
    assert as_document(cloud)["environment"] == cloud.environment()


def test_wrong_keys_are_refused_in_each_services_words(cloud: CloudAddress, client_for: ClientFor) -> None:
    stranger = replace(cloud, access_key_id="AKIASTRANGERSTRANGER")
    for service, ask, code in (
        ("sts", lambda client: client.get_caller_identity(), "InvalidClientTokenId"),
        ("iam", lambda client: client.list_roles(), "InvalidClientTokenId"),
        ("ec2", lambda client: client.describe_vpcs(), "AuthFailure"),
        ("s3", lambda client: client.list_buckets(), "InvalidAccessKeyId"),
        ("secretsmanager", lambda client: client.list_secrets(), "UnrecognizedClientException"),
    ):
        with pytest.raises(ClientError) as failed:
            ask(client_for(service, address=stranger))
        assert failed.value.response["Error"]["Code"] == code


def test_a_role_that_the_cloud_gave_out_may_call(
    cloud: CloudAddress, client_for: ClientFor, unique: Callable[[str], str]
) -> None:
    name = unique("role")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    role = client_for("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    given = client_for("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    import boto3

    client = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]).client(
        "sts", region_name=cloud.region, endpoint_url=cloud.endpoint_url, verify=str(cloud.ca_bundle)
    )
    assert client.get_caller_identity()["Arn"].endswith(f"assumed-role/{name}/me")


def test_what_is_missing_is_a_501_that_says_so(client_for: ClientFor) -> None:
    for service, ask in (
        ("dms", lambda client: client.describe_recommendations()),
        ("ec2", lambda client: client.describe_fpga_images()),
        ("s3", lambda client: client.delete_bucket_metrics_configuration(Bucket="any", Id="x")),
        ("gamelift", lambda client: client.list_builds()),
    ):
        with pytest.raises(ClientError, match="rehearsal cloud does not have") as failed:
            ask(client_for(service, retries=5))
        assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
        assert failed.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_the_emulators_own_control_paths_are_closed(cloud: CloudAddress) -> None:
    import ssl
    import urllib.error
    import urllib.request

    context = ssl.create_default_context(cafile=str(cloud.ca_bundle))
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
    for path in ("/moto-api/reset", "/latest/meta-data/iam", "/bucket/key"):
        request = urllib.request.Request(cloud.endpoint_url + path, method="POST", data=b"")  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(request)
        assert refused.value.code == 403


def test_managed_policies_of_aws_are_there_when_named(client_for: ClientFor, unique: Callable[[str], str]) -> None:
    iam, name = client_for("iam"), unique("dms")
    arn = "arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["PolicyName"] == "AmazonDMSVPCManagementRole"
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonDMSVPCManagementRole")


def test_logs_hold_no_secrets_and_no_query_strings(
    cloud: CloudAddress, cloud_home: Path, client_for: ClientFor, unique: Callable[[str], str]
) -> None:
    bucket = unique("signed")
    client_for("s3").create_bucket(Bucket=bucket)
    client_for("s3").list_objects_v2(Bucket=bucket, Prefix="planted-in-a-query")
    client_for("secretsmanager").create_secret(Name=unique("s"), SecretString="planted-in-a-body")
    for path in (cloud_home / "rehearsal").glob("*.log*"):
        text = path.read_text()
        assert "planted-in" not in text
        assert cloud.secret_access_key not in text
    assert bucket in (cloud_home / "rehearsal" / "cloud.log").read_text()


def test_a_caller_that_stalls_halfway_keeps_nobody_waiting(
    cloud: CloudAddress, cloud_home: Path, client_for: ClientFor, unique: Callable[[str], str]
) -> None:
    """Neither in the handshake nor in the middle of a body, not even while the state is being saved."""
    import socket
    import ssl

    bucket, port = unique("stalled"), int(cloud.endpoint_url.rpartition(":")[2])
    s3 = client_for("s3")
    s3.create_bucket(Bucket=bucket)
    signed = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"}).removeprefix(cloud.endpoint_url)
    context = ssl.create_default_context(cafile=str(cloud.ca_bundle))
    with (
        socket.create_connection(("127.0.0.1", port)),
        socket.create_connection(("127.0.0.1", port)) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as stalling,
    ):
        stalling.sendall(f"PUT {signed} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf".encode())
        CloudControl(RehearsalCloud(cloud_home)).save()
        assert s3.put_object(Bucket=bucket, Key="other", Body=b"x")["ETag"]
        CloudControl(RehearsalCloud(cloud_home)).save()
