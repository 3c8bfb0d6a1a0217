"""The account of a batch: no row is lost in silence."""

import json

import boto3
import pytest
from moto import mock_aws

from glue_scripts.lake.account import Account
from glue_scripts.lake.metrics import publish
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


def test_figures_reach_cloudwatch_table_by_table(monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        publish(Account("service", read=5, written=3, set_aside={"A": 2}), "autocorp/dev")
        found = boto3.client("cloudwatch").list_metrics(Namespace="autocorp/dev")["Metrics"]
    assert {metric["MetricName"] for metric in found} >= {"RowsRead", "RowsSetAside", "BatchSeconds"}
    assert {str(metric["Dimensions"]) for metric in found} == {"[{'Name': 'Table', 'Value': 'service'}]"}


def test_figures_that_cannot_be_sent_are_said_and_fail_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    publish(Account("service"), "autocorp/dev")
    assert json.loads(capsys.readouterr().err)["table"] == "service"
