"""The cloud's life: found, started once, ended, dead, renewed; what it knows survives all of it."""

import os
import signal
import stat
import threading
from pathlib import Path

import pytest

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faults import CloudControl
from autocorp_wizard.rehearsal.source import SourceDatabase
from tests.cloud_fixtures import ClientFor

pytestmark = pytest.mark.slow


def test_there_is_nothing_to_find_or_stop_before_the_first_start(own_cloud: RehearsalCloud) -> None:
    assert own_cloud.find() is None
    assert own_cloud.stop() is False


def test_a_started_cloud_says_who_it_is(cloud: CloudAddress, client_for: ClientFor) -> None:
    identity = client_for("sts").get_caller_identity()
    assert identity["Account"] == ACCOUNT_ID == cloud.account_id
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT_ID}:user/rehearsal"


def test_ensure_finds_what_runs_and_many_at_once_start_only_one(own_cloud: RehearsalCloud) -> None:
    found: list[CloudAddress] = []
    starters = [threading.Thread(target=lambda: found.append(own_cloud.ensure())) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len({address.pid for address in found}) == 1
    assert own_cloud.find() == found[0]


def test_what_was_created_survives_a_kill_and_the_port_stays(own_cloud: RehearsalCloud, client_for: ClientFor) -> None:
    first = own_cloud.ensure()
    s3 = client_for("s3", address=first)
    s3.create_bucket(Bucket="kept")
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="kept", Key="a", Body=b"1")["VersionId"]
    s3.delete_object(Bucket="kept", Key="a")
    key = client_for("kms", address=first).create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    public = client_for("kms", address=first).get_public_key(KeyId=key["KeyMetadata"]["KeyId"])["PublicKey"]
    vpc = client_for("ec2", address=first).create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    client_for("secretsmanager", address=first).create_secret(Name="s", SecretString="kept")
    role = {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}
    client_for("iam", address=first).create_role(**role)
    CloudControl(own_cloud).save()
    os.kill(first.pid, signal.SIGKILL)

    second = own_cloud.ensure()

    assert second.pid != first.pid
    assert second.endpoint_url == first.endpoint_url
    kept = client_for("s3", address=second).get_object(Bucket="kept", Key="a", VersionId=version)
    assert kept["Body"].read() == b"1"
    again = client_for("kms", address=second).get_public_key(KeyId=key["KeyMetadata"]["KeyId"])["PublicKey"]
    assert again == public
    assert vpc in {found["VpcId"] for found in client_for("ec2", address=second).describe_vpcs()["Vpcs"]}
    assert client_for("secretsmanager", address=second).get_secret_value(SecretId="s")["SecretString"] == "kept"
    assert client_for("iam", address=second).get_role(RoleName="r")


def test_a_change_is_saved_soon_without_being_asked(own_cloud: RehearsalCloud, client_for: ClientFor) -> None:
    address = own_cloud.ensure()
    client_for("s3", address=address).create_bucket(Bucket="soon")
    control = CloudControl(own_cloud)
    control.wait_until_saved()
    os.kill(address.pid, signal.SIGKILL)
    buckets = client_for("s3", address=own_cloud.ensure()).list_buckets()["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == ["soon"]


def test_stop_saves_and_reset_forgets(own_cloud: RehearsalCloud, client_for: ClientFor) -> None:
    client_for("s3", address=own_cloud.ensure()).create_bucket(Bucket="stopped")
    assert own_cloud.stop() is True
    assert own_cloud.find() is None
    assert client_for("s3", address=own_cloud.ensure()).list_buckets()["Buckets"]
    own_cloud.reset()
    assert own_cloud.find() is None
    assert client_for("s3", address=own_cloud.ensure()).list_buckets()["Buckets"] == []


def test_an_unused_cloud_ends_by_itself_with_its_source(own_source: SourceDatabase, tmp_path: Path) -> None:
    own_source.ensure()
    brief = RehearsalCloud(tmp_path / "own-home", idle_seconds=0.1, warm=False)
    pid = brief.ensure().pid
    assert os.waitpid(pid, 0)[0] == pid
    assert brief.find() is None
    assert own_source.find() is None


def test_stop_and_reset_end_the_source_too(own_cloud: RehearsalCloud, own_source: SourceDatabase) -> None:
    own_cloud.ensure()
    base = own_source.ensure() and own_source.place().base
    own_cloud.stop()
    assert own_source.find() is None
    assert base.exists()
    own_cloud.reset()
    assert not base.exists()


def test_a_memory_of_another_emulator_is_refused_with_a_sentence(own_cloud: RehearsalCloud, tmp_path: Path) -> None:
    own_cloud.ensure()
    own_cloud.stop()
    memory = tmp_path / "own-home" / "rehearsal" / "state" / "cloud.memory"
    memory.write_bytes(b'{"format": 1, "emulator": "1.0.0", "python": "3.11"}\n')
    with pytest.raises(WizardError, match=r"moto 1\.0\.0.*--reset"):
        own_cloud.ensure()
    memory.write_bytes(memory.read_bytes()[:9])
    with pytest.raises(WizardError, match="damaged"):
        own_cloud.ensure()


def test_a_port_that_somebody_else_took_is_given_up(own_cloud: RehearsalCloud) -> None:
    import socket

    port = int(own_cloud.ensure().endpoint_url.rpartition(":")[2])
    own_cloud.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert own_cloud.ensure().endpoint_url != f"https://127.0.0.1:{port}"


def test_files_are_closed_to_others(cloud: CloudAddress) -> None:
    root = cloud.ca_bundle.parent.parent
    for path in (root, *root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_home_that_cannot_be_written_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "rehearsal").write_text("in the way")
    with pytest.raises(WizardError, match="--home"):
        RehearsalCloud(tmp_path).ensure()


def test_contents_are_written_once_and_dropped_with_their_last_object(
    own_cloud: RehearsalCloud, client_for: ClientFor, tmp_path: Path
) -> None:
    pieces = tmp_path / "own-home" / "rehearsal" / "state" / "objects"
    address, control = own_cloud.ensure(), CloudControl(own_cloud)
    s3 = client_for("s3", address=address)
    s3.create_bucket(Bucket="pieces")
    s3.put_object(Bucket="pieces", Key="a", Body=b"same content")
    s3.put_object(Bucket="pieces", Key="b", Body=b"same content")
    s3.put_object(Bucket="pieces", Key="c", Body=b"other content")
    parts = s3.create_multipart_upload(Bucket="pieces", Key="m")["UploadId"]
    tag = s3.upload_part(Bucket="pieces", Key="m", UploadId=parts, PartNumber=1, Body=b"part")["ETag"]
    control.save()
    written = {path.name: path.stat().st_mtime_ns for path in pieces.iterdir()}
    assert sorted(path.read_bytes() for path in pieces.iterdir()) == [b"other content", b"part", b"same content"]
    s3.delete_object(Bucket="pieces", Key="c")
    s3.delete_object(Bucket="pieces", Key="a")
    control.save()
    left = {path.name: path.stat().st_mtime_ns for path in pieces.iterdir()}
    assert left.items() <= written.items()
    os.kill(address.pid, signal.SIGKILL)
    s3 = client_for("s3", address=own_cloud.ensure())
    assert s3.get_object(Bucket="pieces", Key="b")["Body"].read() == b"same content"
    s3.complete_multipart_upload(
        Bucket="pieces",
        Key="m",
        UploadId=parts,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]},
    )
    assert s3.get_object(Bucket="pieces", Key="m")["Body"].read() == b"part"
    s3.delete_objects(Bucket="pieces", Delete={"Objects": [{"Key": "b"}, {"Key": "m"}]})
    CloudControl(own_cloud).save()
    assert list(pieces.iterdir()) == []


def test_a_cloud_whose_files_were_taken_away_is_started_anew(own_cloud: RehearsalCloud, tmp_path: Path) -> None:
    first = own_cloud.ensure()
    (tmp_path / "own-home" / "rehearsal" / "credentials.json").unlink()
    assert own_cloud.find() is None
    second = own_cloud.ensure()
    assert second.pid != first.pid
    assert second.access_key_id != first.access_key_id


def test_a_listing_that_was_not_read_to_its_end_does_not_keep_the_cloud_from_saving(
    own_cloud: RehearsalCloud, client_for: ClientFor
) -> None:
    address = own_cloud.ensure()
    ec2 = client_for("ec2", address=address)
    for number in range(3):
        tags = [{"Key": "Number", "Value": str(number)}]
        specified = [{"ResourceType": "vpc", "Tags": tags}]
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16", TagSpecifications=specified)
    page = client_for("resourcegroupstaggingapi", address=address).get_resources(ResourcesPerPage=1)
    assert page["PaginationToken"]
    CloudControl(own_cloud).save()
    os.kill(address.pid, signal.SIGKILL)
    assert len(client_for("ec2", address=own_cloud.ensure()).describe_vpcs()["Vpcs"]) == 4
