"""The account of a batch: no row is lost in silence."""

import json

import pytest

from glue_scripts.lake.account import Account
from glue_scripts.lake.refusals import BatchRefusedError


def test_an_account_that_adds_up_is_accepted():
    Account("t", read=10, written=5, deleted=1, folded=2, set_aside={"A": 1, "B": 1}, absent=7).check()


@pytest.mark.parametrize("field", ["read", "written", "deleted", "folded"])
def test_a_row_too_many_or_too_few_is_refused(field: str):
    with pytest.raises(BatchRefusedError, match="ROWS-NOT-CONSERVED"):
        Account("t", **{"read": 0, "written": 0, "deleted": 0, "folded": 0, field: 1}).check()  # type: ignore[arg-type]


def test_too_much_dirt_is_no_dirt():
    dirty = Account("t", read=100, written=40, set_aside={"DATE_UNPARSEABLE": 60})
    dirty.judge(0.6)
    with pytest.raises(BatchRefusedError, match="DATE_UNPARSEABLE 60"):
        dirty.judge(0.5)
    Account("t", read=3, set_aside={"ROW_MALFORMED": 3}).judge(0.5)  # too few to judge by a share


def test_a_run_leaves_one_line_of_json():
    line = Account("t", read=1, written=1, commit="c", seconds=1.23456).as_metrics_line()
    assert "\n" not in line
    document = json.loads(line)
    assert (document["autocorp"], document["table"], document["seconds"], document["commit"]) == (
        "batch",
        "t",
        1.235,
        "c",
    )
