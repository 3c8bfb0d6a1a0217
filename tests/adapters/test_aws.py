"""One identity, from what the environment says and from nothing else."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import ExitCode

ACCOUNT = "123456789012"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAREHEARSALONLY000", "AWS_SECRET_ACCESS_KEY": "throw-away"}


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An operator's machine where every setting would lead astray."""
    config = tmp_path / "operator-config"
    config.write_text("[default]\nregion = eu-west-3\nendpoint_url = http://127.0.0.1:9\n[broken\n")
    for name, value in {
        "AWS_PROFILE": "does-not-exist",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(config),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "AKIAOPERATOR00000000",
        "AWS_SECRET_ACCESS_KEY": "operators-own",
        "AWS_SESSION_TOKEN": "operators-token",
        "AWS_REGION": "eu-west-3",
        "AWS_CA_BUNDLE": str(tmp_path / "no-such-bundle"),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    return config


def access(**settings: object) -> CloudAccess:
    return CloudAccess(KEYS, "us-east-1", ACCOUNT, **settings)  # type: ignore[arg-type]


def seen_requests(cloud: CloudAccess, service: str) -> list[object]:
    requests: list[object] = []
    cloud.client(service).meta.events.register(f"before-send.{service}", lambda request, **_: requests.append(request))
    return requests


def test_explicit_variables_are_all_that_is_read(hostile: Path) -> None:
    with mock_aws():
        cloud = access()
        requests = seen_requests(cloud, "sts")
        assert cloud.identity().account == ACCOUNT
        [request] = requests
        assert "AKIAREHEARSALONLY000" in str(request.headers["Authorization"])
        assert "X-Amz-Security-Token" not in request.headers
        assert request.url.startswith("https://sts.")
        assert "amazonaws.com" in request.url


def test_a_given_endpoint_is_used_without_any_proxy(hostile: Path) -> None:
    cloud = CloudAccess(KEYS | {"AWS_ENDPOINT_URL": "http://127.0.0.1:7"}, "us-east-1", ACCOUNT)
    assert cloud.client("s3").meta.endpoint_url == "http://127.0.0.1:7"
    assert cloud.client("s3").meta.config.proxies == {}


def test_without_keys_nothing_ambient_is_taken(hostile: Path) -> None:
    with pytest.raises(CloudError) as caught:
        CloudAccess({}, "us-east-1", ACCOUNT).identity()
    assert caught.value.code == "AUTH-MISSING"


def test_a_profile_goes_before_keys(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[profile lake]\naws_access_key_id = AKIAPROFILE000000000\naws_secret_access_key = s\n")
    with mock_aws():
        cloud = CloudAccess(KEYS | {"AWS_CONFIG_FILE": str(config)}, "us-east-1", ACCOUNT, profile="lake", ambient=True)
        requests = seen_requests(cloud, "sts")
        cloud.identity()
        assert "AKIAPROFILE000000000" in str(requests[0].headers["Authorization"])
        assert cloud.who == "profile lake"


def test_a_profile_that_does_not_exist_is_named(tmp_path: Path) -> None:
    cloud = CloudAccess({"AWS_CONFIG_FILE": str(tmp_path / "c")}, "us-east-1", ACCOUNT, profile="lake", ambient=True)
    with pytest.raises(CloudError, match="lake") as caught:
        cloud.identity()
    assert (caught.value.code, caught.value.exit_code) == ("AUTH-MISSING", ExitCode.USAGE)


def test_a_role_is_assumed_and_its_end_is_known() -> None:
    with mock_aws():
        cloud = access(role_arn=f"arn:aws:iam::{ACCOUNT}:role/deployer", ambient=True)
        identity = cloud.identity()
    assert identity.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/autocorp-wizard"
    assert identity.expires_at is not None
    assert identity.expires_at > datetime.now(UTC) + timedelta(minutes=30)


def test_every_s3_request_names_the_expected_owner() -> None:
    with mock_aws():
        cloud = access()
        requests = seen_requests(cloud, "s3")
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="state-of-ours")
        s3.put_object(Bucket="state-of-ours", Key="a", Body=b"x")
        s3.get_bucket_versioning(Bucket="state-of-ours")
        s3.list_objects_v2(Bucket="state-of-ours")
        s3.delete_objects(Bucket="state-of-ours", Delete={"Objects": [{"Key": "a"}]})
    owners = [request.headers.get("x-amz-expected-bucket-owner") for request in requests[1:]]
    assert [owner.decode() if isinstance(owner, bytes) else owner for owner in owners] == [ACCOUNT] * 4


def test_a_failed_call_speaks_the_catalogue() -> None:
    with mock_aws(), pytest.raises(CloudError) as caught:
        access().call("s3", "get_bucket_versioning", Bucket="nowhere")
    assert caught.value.is_missing


def test_a_cloud_that_cannot_be_reached_is_told_so() -> None:
    cloud = CloudAccess(KEYS | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "us-east-1", ACCOUNT)
    cloud.client("sts").meta.events.register("needs-retry.sts", lambda **_: None)
    with pytest.raises(CloudError) as caught:
        cloud.identity()
    assert caught.value.code == "NET-UNREACHABLE"


def test_a_mistake_of_our_own_is_not_dressed_up() -> None:
    with pytest.raises(KeyError), access().plainly("s3"):
        raise KeyError("bug")


def test_importing_the_adapter_does_not_load_the_sdk() -> None:
    code = (
        "import sys, autocorp_wizard.adapters.aws, autocorp_wizard.adapters.aws_errors;"
        "print([m for m in ('boto3', 'botocore') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("aws_code", "status", "code"),
    [
        ("ExpiredToken", 400, "AUTH-EXPIRED"),
        ("AccessDenied", 403, "AUTH-DENIED"),
        ("SignatureDoesNotMatch", 403, "AUTH-SIGNATURE"),
        ("RequestTimeTooSkewed", 403, "CLOCK-SKEWED"),
        ("NoSuchBucket", 404, "CLOUD-ERROR"),
        ("InternalError", 500, "CLOUD-BROKEN"),
    ],
)
def test_a_refusal_reaches_the_caller_in_plain_words(aws_code: str, status: int, code: str) -> None:
    cloud = access()
    with Stubber(cloud.client("s3")) as answers:
        answers.add_client_error("get_bucket_policy", aws_code, "because", status)
        with pytest.raises(CloudError) as caught:
            cloud.call("s3", "get_bucket_policy", Bucket="state")
        answers.assert_no_pending_responses()
    assert (caught.value.code, caught.value.aws_code, caught.value.action) == (code, aws_code, "s3:GetBucketPolicy")


def test_a_refusal_between_two_pages_is_translated_as_well() -> None:
    cloud = access()
    with Stubber(cloud.client("iam")) as answers:
        answers.add_response("list_roles", {"Roles": [], "IsTruncated": True, "Marker": "m"})
        answers.add_client_error("list_roles", "Throttling", "slow down", 400)
        with pytest.raises(CloudError) as caught:
            list(cloud.pages("iam", "list_roles"))
    assert caught.value.code == "THROTTLED"
