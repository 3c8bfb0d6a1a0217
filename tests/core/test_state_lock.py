"""A state lock is read from the error that names it and from the object that is it."""

from datetime import UTC, datetime

from autocorp_wizard.core.state_lock import LockInfo, lock_in_document, lock_in_text

ON_S3 = """Error message: operation error S3: PutObject, https response error StatusCode: 412, RequestID:
ABCDEF, HostID: xyz, api error PreconditionFailed: At least one of the pre-conditions did not hold
Lock Info:
  ID:        0f2cf2a9-04d0-4b3c-9b9c-6d0f1c1b2a3d
  Path:      lake-state/datalake/dev/terraform.tfstate
  Operation: OperationTypeApply
  Who:       ops@laptop-7
  Version:   1.11.4
  Created:   2026-11-23 08:19:53.153864123 +0000 UTC
  Info:


Terraform acquires a state lock to protect the state from being written
by multiple users at the same time. ID: not this one
"""

HELD = LockInfo(
    "0f2cf2a9-04d0-4b3c-9b9c-6d0f1c1b2a3d",
    "OperationTypeApply",
    "ops@laptop-7",
    "1.11.4",
    datetime(2026, 11, 23, 8, 19, 53, 153864, tzinfo=UTC),
    "lake-state/datalake/dev/terraform.tfstate",
)


def test_the_holder_is_read_from_the_block_and_not_from_the_request_before_it():
    assert lock_in_text(ON_S3) == HELD


def test_the_block_is_found_inside_the_frame_that_terraform_draws_on_a_terminal():
    framed = "\n".join(f"│ {line}" for line in ON_S3.splitlines())
    assert lock_in_text(framed) == HELD


def test_the_lock_object_says_the_same_as_the_error():
    document = (
        '{"ID":"0f2cf2a9-04d0-4b3c-9b9c-6d0f1c1b2a3d","Operation":"OperationTypeApply","Info":"","Who":"ops@laptop-7",'
        '"Version":"1.11.4","Created":"2026-11-23T08:19:53.153864123Z",'
        '"Path":"lake-state/datalake/dev/terraform.tfstate"}'
    )
    assert lock_in_document(document) == HELD


def test_what_is_no_lock_is_none():
    assert lock_in_text("RequestID: 1, HostID: 2\nID: 3") is None
    assert lock_in_text("Lock Info:\n  Path: x\n") is None
    assert lock_in_document("[]") is None
    assert lock_in_document("{") is None
    assert lock_in_document('{"Path": "x"}') is None


def test_an_unreadable_time_does_not_lose_the_holder():
    lock = lock_in_document('{"ID": "1", "Who": "a@b", "Created": "yesterday"}')
    assert lock is not None
    assert lock.created is None
    assert lock.host == "b"
    assert lock.sentence == "a@b holds the state lock for an operation (id 1)."


def test_the_sentence_says_who_what_and_since_when():
    assert HELD.sentence == (
        "ops@laptop-7 holds the state lock for apply since 2026-11-23 08:19:53 UTC "
        "(id 0f2cf2a9-04d0-4b3c-9b9c-6d0f1c1b2a3d)."
    )
