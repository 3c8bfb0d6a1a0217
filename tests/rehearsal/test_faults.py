"""Faults as a client meets them: each kind, counted, in the service's own words, lifted again."""

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.call import AwsCall, Protocol
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faultrules import FaultBook, FaultKind, FaultRule
from autocorp_wizard.rehearsal.faults import CloudControl
from tests.cloud_fixtures import ClientFor


def _call(action: str, service: str = "glue") -> AwsCall:
    return AwsCall(service, "us-east-1", action, "AKIA", "", Protocol.JSON, "POST", "/")


def _hits(book: FaultBook, actions: list[str]) -> list[bool]:
    return [book.meet(_call(action)) is not None for action in actions]


def test_a_rule_meets_its_service_and_the_actions_that_start_as_it_says() -> None:
    rule = FaultRule(FaultKind.DENY, service="glue", action="Get")
    assert rule.meets(_call("GetJob"))
    assert rule.meets(_call("getTables"))
    assert not rule.meets(_call("CreateJob"))
    assert not rule.meets(_call("GetRole", "iam"))
    assert FaultRule(FaultKind.DENY).meets(_call("Anything", "sts"))


def test_after_lets_pass_and_times_counts_hits() -> None:
    book = FaultBook(lambda: 0.0)
    book.add(FaultRule(FaultKind.THROTTLE, after=2, times=3))
    assert _hits(book, ["GetJob"] * 7) == [False, False, True, True, True, False, False]


def test_a_span_ends_by_the_clock() -> None:
    now = [100.0]
    book = FaultBook(lambda: now[0])
    book.add(FaultRule(FaultKind.DENY, span=5))
    assert _hits(book, ["GetJob"]) == [True]
    now[0] = 104.9
    assert _hits(book, ["GetJob"]) == [True]
    now[0] = 105.0
    assert _hits(book, ["GetJob"]) == [False]
    assert book.as_documents() == []


def test_the_same_seed_hits_the_same_calls() -> None:
    def run(seed: int) -> list[bool]:
        book = FaultBook(lambda: 0.0)
        book.add(FaultRule(FaultKind.THROTTLE, probability=0.3, seed=seed))
        return _hits(book, ["GetJob"] * 200)

    assert run(4) == run(4)
    assert run(4) != run(5)
    assert 30 < sum(run(4)) < 90


def test_the_first_rule_that_hits_wins_and_clearing_one_leaves_the_others() -> None:
    book = FaultBook(lambda: 0.0)
    first = book.add(FaultRule(FaultKind.DENY))
    second = book.add(FaultRule(FaultKind.DELAY))
    assert book.meet(_call("GetJob")).number == first
    assert book.clear(first) == 1
    assert book.clear(first) == 0
    assert book.meet(_call("GetJob")).number == second
    assert book.clear() == 1
    assert book.meet(_call("GetJob")) is None


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "explode"},
        {},
        {"kind": "deny", "tims": 1},
        {"kind": "deny", "times": "many"},
        {"kind": "deny", "times": -1},
        {"kind": "deny", "probability": 0},
        {"kind": "deny", "probability": 1.5},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_the_possible_words(document: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"Kinds are throttle|times, after, seconds"):
        FaultRule.from_document(document)


def test_a_rule_survives_its_document() -> None:
    rule = FaultRule(FaultKind.DELAY, "s3", "Put", 2, 1, 0.5, 60, 0.5, 9)
    assert FaultRule.from_document(rule.as_document()) == rule


@pytest.fixture(scope="module")
def control(cloud_home: Path, cloud: object) -> CloudControl:
    del cloud
    return CloudControl(RehearsalCloud(cloud_home))


@pytest.fixture
def fault(control: CloudControl) -> Iterator[Callable[[FaultRule], int]]:
    numbers: list[int] = []

    def add(rule: FaultRule) -> int:
        numbers.append(control.add_fault(rule))
        return numbers[-1]

    yield add
    for number in numbers:
        control.clear_faults(number)


# Actions that no other test calls, so that rules for them meet this test's calls only.
CALLS = {
    "secretsmanager": ("DescribeSecret", lambda client: client.describe_secret(SecretId="fault")),
    "sts": ("GetAccessKeyInfo", lambda client: client.get_access_key_info(AccessKeyId="AKIAIOSFODNN7EXAMPLE")),
    "ec2": ("DescribeAccountAttributes", lambda client: client.describe_account_attributes()),
    "s3": ("GetBucketWebsite", lambda client: client.get_bucket_website(Bucket="fault-bucket")),
}
WORDS = {
    FaultKind.THROTTLE: ("ThrottlingException", "Throttling", "RequestLimitExceeded", "SlowDown"),
    FaultKind.DENY: ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "AccessDenied"),
    FaultKind.EXPIRE: ("ExpiredTokenException", "ExpiredToken", "RequestExpired", "ExpiredToken"),
    FaultKind.SERVER_ERROR: ("InternalServerError", "InternalFailure", "InternalError", "InternalError"),
}


@pytest.mark.slow
@pytest.mark.parametrize("position", range(4), ids=list(CALLS))
@pytest.mark.parametrize("kind", list(WORDS))
def test_an_error_comes_in_the_words_of_each_protocol(
    kind: FaultKind, position: int, client_for: ClientFor, fault: Callable[[FaultRule], int]
) -> None:
    service, (action, ask) = list(CALLS.items())[position]
    fault(FaultRule(kind, service, action, times=1))
    with pytest.raises(ClientError) as met:
        ask(client_for(service))
    assert met.value.response["Error"]["Code"] == WORDS[kind][position]
    if kind is FaultKind.DENY:
        assert f"{service}:{action}" in str(met.value)


@pytest.mark.slow
def test_a_client_that_retries_gets_over_a_few_throttles(
    client_for: ClientFor, fault: Callable[[FaultRule], int], control: CloudControl
) -> None:
    number = fault(FaultRule(FaultKind.THROTTLE, "ec2", "DescribeAccountAttributes", times=1))
    assert client_for("ec2", retries=3).describe_account_attributes()["AccountAttributes"]
    (rule,) = [rule for rule in control.faults() if rule["id"] == number]
    assert (rule["seen"], rule["hit"]) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.LOST_ANSWER])
def test_a_connection_is_cut_before_or_after_the_effect(
    kind: FaultKind, client_for: ClientFor, fault: Callable[[FaultRule], int], unique: Callable[[str], str]
) -> None:
    bucket = unique("cut")
    fault(FaultRule(kind, "s3", "CreateBucket", times=1))
    with pytest.raises(ConnectionClosedError):
        client_for("s3").create_bucket(Bucket=bucket)
    there = bucket in {found["Name"] for found in client_for("s3").list_buckets()["Buckets"]}
    assert there is (kind is FaultKind.LOST_ANSWER)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "ends_well"), [(FaultKind.DELAY, True), (FaultKind.HANG, False)])
def test_a_wait_lasts_until_its_rule_is_lifted(
    *, kind: FaultKind, ends_well: bool, client_for: ClientFor, control: CloudControl
) -> None:
    number = control.add_fault(FaultRule(kind, "ec2", "DescribeAddresses", seconds=600))
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(client_for("ec2").describe_addresses()["Addresses"])
        except ConnectionClosedError as error:
            outcome.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not any(rule["id"] == number and rule["hit"] for rule in control.faults()):
        pass
    assert outcome == []
    control.clear_faults(number)
    asking.join(timeout=20)
    assert isinstance(outcome[0], list) is ends_well


@pytest.mark.slow
def test_the_control_interface_wants_its_word(cloud: object, tmp_path: Path, cloud_home: Path) -> None:
    del cloud

    class Stranger(RehearsalCloud):
        def control_token(self) -> str:
            return "guess"

    with pytest.raises(WizardError, match="word is wrong"):
        CloudControl(Stranger(cloud_home)).faults()
    with pytest.raises(WizardError, match="No rehearsal cloud is running"):
        CloudControl(RehearsalCloud(tmp_path)).faults()


@pytest.mark.slow
def test_a_rule_that_makes_no_sense_is_told_over_the_wire(control: CloudControl) -> None:
    class Nonsense(FaultRule):
        def as_document(self) -> dict[str, str | int | float]:
            return {"kind": "explode"}

    with pytest.raises(WizardError, match="Kinds are throttle"):
        control.add_fault(Nonsense(FaultKind.DENY))


@pytest.mark.slow
def test_the_pace_is_set_over_the_wire_and_outlives_the_cloud(own_cloud: RehearsalCloud) -> None:
    own_cloud.ensure()
    mine = CloudControl(own_cloud)
    assert mine.speed() == pace.DEFAULT_SPEED
    assert mine.set_speed(300) == 300
    with pytest.raises(WizardError, match="is no speed") as refused:
        mine.set_speed(0)
    assert refused.value.code == "SPEED-REFUSED"
    own_cloud.stop()
    own_cloud.ensure()
    assert mine.speed() == 300


@pytest.mark.slow
def test_rules_are_listed_in_the_order_in_which_they_were_added(
    control: CloudControl, fault: Callable[[FaultRule], int]
) -> None:
    mine = [fault(FaultRule(FaultKind.DENY, "nobody", name)) for name in ("A", "B", "C")]
    listed = [rule["id"] for rule in control.faults() if rule["id"] in mine]
    assert listed == mine
    assert all(earlier < later for earlier, later in pairwise(mine))
