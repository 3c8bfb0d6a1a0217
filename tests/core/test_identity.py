"""Who AWS says we are, in the words that people use."""

from datetime import UTC, datetime, timedelta

import pytest

from autocorp_wizard.core.identity import Identity

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:sts::111122223333:assumed-role/deploy/kim", "deploy"),
        ("arn:aws:iam::111122223333:user/ops/kim", "kim"),
        ("arn:aws:iam::111122223333:root", "root"),
    ],
)
def test_an_identity_has_the_name_of_its_role_or_user(arn, name):
    assert Identity("111122223333", arn).name == name


def test_the_time_that_is_left_is_never_negative_and_absent_where_there_is_no_end():
    identity = Identity("111122223333", "arn:aws:iam::111122223333:root", NOW + timedelta(minutes=12, seconds=50))
    assert identity.minutes_left(NOW) == 12
    assert identity.minutes_left(NOW + timedelta(hours=1)) == 0
    assert Identity("1", "arn:aws:iam::1:root").minutes_left(NOW) is None
