"""One server behind two logins, and the one that is meant."""

from unittest.mock import Mock

import pytest

from autocorp_wizard.core.preflight.record import Status
from autocorp_wizard.core.preflight.source.facts import Server, Wanted
from autocorp_wizard.core.preflight.source.peer_rules import stable_peer


@pytest.mark.parametrize(
    ("walsender", "meant", "status", "words"),
    [
        ("77", "", Status.PASS, "names none to compare it with"),
        ("77", "77", Status.PASS, "the environment means, 77"),
        ("77", "78", Status.FAIL, "the environment means 78"),
        ("78", "77", Status.FAIL, "Two logins met two servers (77 and 78)"),
        ("", "77", Status.FAIL, "Two logins met two servers"),
    ],
)
def test_two_logins(walsender: str, meant: str, status: Status, words: str) -> None:
    seen = stable_peer(
        Mock(spec=Server, system_identifier="77"), Wanted("dms", "erp", (), system_identifier=meant), walsender
    )
    assert (seen.status, words in seen.summary) == (status, True)
    assert bool(seen.remedies) == (status is Status.FAIL)
