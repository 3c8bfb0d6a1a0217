"""Figures of a batch for CloudWatch: one set per table, in the namespace that the run is told."""

import json
import sys

from glue_scripts.lake.account import Account


def data_of(account: Account) -> list[dict[str, object]]:
    """Return the figures of `account`, each with the dimension Table."""
    figures = [
        ("RowsRead", account.read, "Count"),
        ("RowsWritten", account.written, "Count"),
        ("RowsDeleted", account.deleted, "Count"),
        ("RowsFolded", account.folded, "Count"),
        ("RowsSetAside", sum(account.set_aside.values()), "Count"),
        ("BatchSeconds", account.seconds, "Seconds"),
    ]
    table = {"Name": "Table", "Value": account.table}
    return [{"MetricName": name, "Value": value, "Unit": unit, "Dimensions": [table]} for name, value, unit in figures]


def publish(account: Account, namespace: str) -> None:
    """Send the figures to CloudWatch; an empty `namespace` sends nothing.

    The batch is committed by then, so what goes wrong here is said and is no failure of it.
    """
    if not namespace:
        return
    try:
        import boto3

        boto3.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data_of(account))  # type: ignore[arg-type]  # boto3 comes with Glue, its stubs with the tests
    except Exception as error:  # whatever it is: the rows are in the table
        print(json.dumps({"autocorp": "metrics", "table": account.table, "error": str(error)}), file=sys.stderr)
