"""The small parts: when to save and to end, who is inside together, calls as they are read, errors as worded."""

import io
import json
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.rehearsal.call import AwsCall, Protocol, buffer_body, read_call
from autocorp_wizard.rehearsal.errorbody import error_answer
from autocorp_wizard.rehearsal.gate import Gate
from autocorp_wizard.rehearsal.processes import ProcessMark, end, is_alive, mark_of
from autocorp_wizard.rehearsal.pulse import Pulse
from autocorp_wizard.rehearsal.source_rows import generate


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_changes_are_saved_when_they_settle() -> None:
    clock = Clock()
    pulse = Pulse(clock, 100, settle=2, longest=10)
    assert not pulse.wants_save()
    pulse.changed()
    clock.now = 1.9
    assert not pulse.wants_save()
    pulse.changed()
    clock.now = 3.8
    assert not pulse.wants_save()
    clock.now = 3.9
    assert pulse.wants_save()
    assert pulse.has_unsaved()
    pulse.saved()
    assert not pulse.wants_save()
    assert not pulse.has_unsaved()


def test_changes_without_end_are_saved_all_the_same() -> None:
    clock = Clock()
    pulse = Pulse(clock, 100, settle=2, longest=10)
    for second in range(10):
        clock.now = float(second)
        pulse.changed()
        assert not pulse.wants_save()
    clock.now = 10.0
    pulse.changed()
    assert pulse.wants_save()


def test_two_hours_without_a_call_are_idle() -> None:
    clock = Clock()
    pulse = Pulse(clock, 7200)
    clock.now = 7199.0
    assert not pulse.is_idle()
    pulse.used()
    clock.now = 14398.0
    assert not pulse.is_idle()
    clock.now = 14399.0
    assert pulse.is_idle()


def test_one_alone_waits_for_those_inside_and_keeps_others_out() -> None:
    gate, order = Gate(), []
    inside, may_leave = threading.Event(), threading.Event()

    def visit() -> None:
        with gate.together():
            inside.set()
            may_leave.wait()
            order.append("visitor left")

    def be_alone() -> None:
        with gate.alone():
            order.append("alone")

    visitor, loner = threading.Thread(target=visit), threading.Thread(target=be_alone)
    visitor.start()
    inside.wait()
    with gate.together():
        loner.start()
        may_leave.set()
        visitor.join()
        assert order == ["visitor left"]
    loner.join()
    assert order == ["visitor left", "alone"]
    with gate.together(), gate.together():
        pass


def _environ(**more: object) -> dict[str, object]:
    scope = "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/eu-central-1/{}/aws4_request, SignedHeaders=host, Signature=0"
    service = more.pop("service", "s3")
    base = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "wsgi.input": io.BytesIO()}
    return base | {"HTTP_AUTHORIZATION": scope.format(service)} | more


def test_calls_are_read_in_every_protocol() -> None:
    form = b"Action=DescribeVpcs&Version=2016-11-15"
    posted = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "CONTENT_LENGTH": str(len(form)),
    }
    ec2 = _environ(service="ec2", **posted | {"wsgi.input": io.BytesIO(form + b"next request")})
    assert (read_call(ec2).action, read_call(ec2).protocol) == ("DescribeVpcs", Protocol.EC2)
    assert read_call(ec2).region == "eu-central-1"
    iam = read_call(_environ(service="iam", **posted | {"wsgi.input": io.BytesIO(form)}))
    assert iam.protocol is Protocol.QUERY
    glue = read_call(_environ(service="glue", HTTP_X_AMZ_TARGET="AWSGlue.GetJob", REQUEST_METHOD="POST"))
    assert (glue.action, glue.protocol, glue.reads_only) == ("GetJob", Protocol.JSON, True)
    metrics = _environ(
        service="monitoring",
        HTTP_SMITHY_PROTOCOL="rpc-v2-cbor",
        PATH_INFO="/service/GraniteServiceVersion20100801/operation/PutMetricData",
    )
    assert (read_call(metrics).action, read_call(metrics).protocol) == ("PutMetricData", Protocol.CBOR)
    schedules = read_call(_environ(service="scheduler", PATH_INFO="/schedules"))
    assert (schedules.action, schedules.protocol) == ("ListSchedules", Protocol.REST_JSON)


@pytest.mark.parametrize(
    ("method", "path", "query", "action", "reads"),
    [
        ("GET", "/", "", "ListBuckets", True),
        ("PUT", "/lake", "", "CreateBucket", False),
        ("GET", "/lake", "policy", "GetBucketPolicy", True),
        ("PUT", "/lake/raw/a%20b", "", "PutObject", False),
        ("POST", "/lake", "delete", "DeleteObjects", False),
        ("HEAD", "/lake/k", "", "HeadObject", True),
        ("DELETE", "/lake", "intelligent-tiering&id=x", "DeleteBucketIntelligentTieringConfiguration", False),
    ],
)
def test_s3_calls_are_named_by_their_route(method: str, path: str, query: str, action: str, *, reads: bool) -> None:
    call = read_call(_environ(REQUEST_METHOD=method, PATH_INFO=path, QUERY_STRING=query))
    assert (call.service, call.action, call.reads_only) == ("s3", action, reads)
    assert "?" not in call.path
    if path != "/":
        assert call.bucket == "lake"


def test_a_presigned_address_names_its_key_and_an_unsigned_call_names_none() -> None:
    query = "X-Amz-Credential=AKIAY%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Security-Token=t&X-Amz-Signature=s"
    signed = read_call(_environ(HTTP_AUTHORIZATION="", PATH_INFO="/lake/k", QUERY_STRING=query))
    assert (signed.access_key_id, signed.session_token, signed.is_signed) == ("AKIAY", "t", True)
    assert not read_call(_environ(HTTP_AUTHORIZATION="", PATH_INFO="/lake/k")).is_signed
    assert not read_call(_environ(HTTP_AUTHORIZATION="Basic abc", PATH_INFO="/lake/k")).is_signed


def test_a_body_is_read_once_and_left_to_be_read_again() -> None:
    environ = {"wsgi.input": io.BytesIO(b"body|rest"), "CONTENT_LENGTH": "4"}
    assert buffer_body(environ) == b"body"
    assert buffer_body(environ) == b"body"


def _error(protocol: Protocol, method: str = "POST") -> tuple[bytes, dict[str, str]]:
    call = AwsCall("svc", "us-east-1", "Act", "AKIA", "", protocol, method, "/p&q")
    answer = error_answer(call, 403, "Denied", "a < b & c")
    assert answer.status == 403
    return answer.body, {name.lower(): value for name, value in answer.headers}


def test_errors_are_well_formed_in_every_protocol() -> None:
    for protocol, path in ((Protocol.S3, "."), (Protocol.QUERY, "Error"), (Protocol.EC2, "Errors/Error")):
        body, headers = _error(protocol)
        found = ElementTree.fromstring(body).find(path)  # noqa: S314
        assert found is not None
        assert (found.findtext("Code"), found.findtext("Message")) == ("Denied", "a < b & c")
        assert headers["content-type"] == "application/xml"
    for protocol in (Protocol.JSON, Protocol.REST_JSON):
        body, headers = _error(protocol)
        assert json.loads(body)["__type"] == "Denied"
        assert headers["x-amzn-errortype"] == "Denied"
    body, headers = _error(Protocol.CBOR)
    assert body == b"\xa2\x66__type\x66Denied\x67message\x69a < b & c"
    assert headers["smithy-protocol"] == "rpc-v2-cbor"
    assert _error(Protocol.S3, "HEAD")[0] == b""


def test_a_process_is_told_from_one_that_got_its_number_later() -> None:
    import os

    mark = mark_of(os.getpid())
    assert mark is not None
    assert is_alive(mark)
    stranger = ProcessMark(mark.pid, "0", mark.boot)
    assert not is_alive(stranger)
    assert end(stranger, patience=0) is False
    assert mark_of(2**22 + 1) is None


def test_a_private_file_is_replaced_whole_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "f"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError, match="No such file"):
        replace_file(tmp_path / "missing" / "f", b"")


def test_generated_rows_keep_their_promises_at_any_size() -> None:
    for orders in (0, 1, 700):
        tables = {table.table: table for table in generate(orders, seed=1)}
        assert len(tables) == 7
        assert len(tables["sales_order"].rows) == orders
        assert all(len(row) == len(table.columns) for table in tables.values() for row in table.rows)
        pairs = [row[1:3] for row in tables["service_parts"].rows]
        assert len(set(pairs)) == len(pairs) == 1074
        assert len({row[3] for row in tables["customers"].rows}) == 1149
