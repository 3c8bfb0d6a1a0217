"""The answers of AWS about a lake that is well, in the shapes of the service models."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.operate.modelled import AGENT, INSTANCE, NOW, SOURCE, TASK, TOPIC, task_arn

AGO = NOW - timedelta(minutes=2)


FIGURES: dict[str, list[float]] = {
    "lag_source": [3.0, 4.0],
    "lag": [12.0, 40.0],
    "host_cpu": [21.0],
    "host_memory": [2.0e9],
    "host_storage": [40.0e9],
}


def figures(**changes: list[float]) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """The answer of CloudWatch to what it is asked for: the values of each figure, one a minute, the newest first."""
    values = FIGURES | changes

    def answer(params: Mapping[str, Any]) -> Mapping[str, Any]:
        asked = [query["Id"] for query in params["MetricDataQueries"]]
        return {
            "MetricDataResults": [
                {
                    "Id": name,
                    "Timestamps": [AGO - timedelta(minutes=minute) for minute in range(len(values[name]))],
                    "Values": values[name],
                }
                for name in asked
            ]
        }

    return answer


HEALTHY: dict[str, Any] = {
    "secretsmanager:DescribeSecret": {"Name": "autocorp/dev/postgres/password", "RotationEnabled": False},
    "secretsmanager:ListSecretVersionIds": {
        "Versions": [{"VersionId": "v" * 32, "VersionStages": ["AWSCURRENT"], "CreatedDate": NOW - timedelta(days=9)}]
    },
    "dms:DescribeReplicationInstances": {
        "ReplicationInstances": [
            {
                "ReplicationInstanceArn": INSTANCE,
                "ReplicationInstanceStatus": "available",
                "ReplicationInstanceClass": "dms.t3.medium",
            }
        ]
    },
    "dms:DescribeReplicationTasks": {
        "ReplicationTasks": [
            {
                "ReplicationTaskArn": TASK,
                "Status": "running",
                "ReplicationTaskStartDate": NOW - timedelta(days=2),
                "ReplicationTaskStats": {"FullLoadProgressPercent": 100},
            }
        ]
    },
    "dms:DescribeTableStatistics": {
        "TableStatistics": [
            {
                "SchemaName": "public",
                "TableName": name,
                "TableState": "Table completed",
                "FullLoadRows": 100,
                "Inserts": 5,
            }
            for name in ("customers", "sales_order")
        ]
    },
    "dms:DescribeConnections": lambda params: {
        "Connections": [{"EndpointArn": SOURCE, "ReplicationInstanceArn": INSTANCE, "Status": "successful"}]
    },
    "cloudwatch:GetMetricData": figures(),
    "glue:GetJobRuns": {
        "JobRuns": [
            {
                "Id": f"jr_{number}",
                "JobRunState": "SUCCEEDED",
                "StartedOn": AGO - timedelta(minutes=5 * number + 1),
                "CompletedOn": AGO - timedelta(minutes=5 * number),
                "ExecutionTime": 60 + number,
            }
            for number in range(3)
        ]
    },
    "glue:GetCrawler": {
        "Crawler": {"Name": "c", "State": "READY", "LastCrawl": {"Status": "SUCCEEDED", "StartTime": AGO}}
    },
    "glue:GetWorkflow": {
        "Workflow": {
            "Name": "w",
            "LastRun": {
                "Status": "COMPLETED",
                "CompletedOn": AGO,
                "Statistics": {"TotalActions": 2, "FailedActions": 0},
            },
        }
    },
    "datasync:DescribeAgent": {"AgentArn": AGENT, "Status": "ONLINE", "LastConnectionTime": AGO},
    "datasync:DescribeTask": {"TaskArn": task_arn(1), "Status": "AVAILABLE"},
    "datasync:ListTaskExecutions": {
        "TaskExecutions": [
            {"TaskExecutionArn": f"{task_arn(1)}/execution/exec-{n:017x}", "Status": "SUCCESS"} for n in (1, 2, 3)
        ]
    },
    "datasync:DescribeTaskExecution": {
        "TaskExecutionArn": f"{task_arn(1)}/execution/exec-{1:017x}",
        "Status": "SUCCESS",
        "StartTime": AGO - timedelta(minutes=10),
        "EndTime": AGO,
        "FilesTransferred": 3,
        "BytesTransferred": 1000,
        "EstimatedFilesToTransfer": 3,
    },
    "athena:GetWorkGroup": {"WorkGroup": {"Name": "autocorp-dev", "State": "ENABLED"}},
    "athena:ListQueryExecutions": {"QueryExecutionIds": ["q1", "q2"]},
    "athena:BatchGetQueryExecution": {
        "QueryExecutions": [
            {
                "QueryExecutionId": f"q{number}",
                "Query": "SELECT count(*) FROM sales_order",
                "StatementType": "DML",
                "Status": {"State": "SUCCEEDED", "CompletionDateTime": AGO},
                "Statistics": {"QueryQueueTimeInMillis": 200, "EngineExecutionTimeInMillis": 1000 * number},
            }
            for number in (1, 2)
        ]
    },
    "cloudwatch:DescribeAlarms": {"MetricAlarms": [{"AlarmName": "autocorp-dev-dms-lag", "StateValue": "OK"}]},
    "sns:ListSubscriptionsByTopic": {
        "Subscriptions": [{"SubscriptionArn": f"{TOPIC}:1", "TopicArn": TOPIC, "Protocol": "email"}]
    },
    "budgets:DescribeBudget": {
        "Budget": {
            "BudgetName": "autocorp-dev",
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
            "BudgetLimit": {"Amount": "200.0", "Unit": "USD"},
            "CalculatedSpend": {
                "ActualSpend": {"Amount": "31.5", "Unit": "USD"},
                "ForecastedSpend": {"Amount": "95.0", "Unit": "USD"},
            },
        }
    },
}
