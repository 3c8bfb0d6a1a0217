"""The panels of a status, one module per service, and the list of them in the order in which they are shown."""

from typing import Final

from autocorp_wizard.core import objectives
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.operate.look import Collector
from autocorp_wizard.operate.panels import alarms, athena, budget, datasync, dms, glue, secret, state

# What is shown first is what the others hang on.
COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector("state", "State", state.fill, promises=(objectives.MODULE_REUSE,)),
    Collector("secret", "Secret", secret.fill, Phase.FOUNDATION),
    Collector("dms", "DMS", dms.fill, Phase.DMS, (objectives.CDC_LAG,)),
    Collector("glue", "Glue", glue.fill, Phase.GLUE, (objectives.GLUE_DURATION, objectives.PIPELINE_SUCCESS)),
    Collector("datasync", "DataSync", datasync.fill, Phase.DATASYNC),
    Collector("athena", "Athena", athena.fill, Phase.GLUE, (objectives.ATHENA_TIME,)),
    Collector("alarms", "Alarms", alarms.fill, Phase.FOUNDATION),
    Collector("budget", "Budget", budget.fill, Phase.FOUNDATION),
)

# Every call that a look makes, as boto3 names it: what `policy read-only` must grant. A test compares it with what is
# really called.
CALLS: Final = frozenset(
    {
        "athena:BatchGetQueryExecution",
        "athena:GetWorkGroup",
        "athena:ListQueryExecutions",
        "budgets:DescribeBudget",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "datasync:DescribeAgent",
        "datasync:DescribeTask",
        "datasync:DescribeTaskExecution",
        "datasync:ListTaskExecutions",
        "dms:DescribeConnections",
        "dms:DescribeReplicationInstances",
        "dms:DescribeReplicationTasks",
        "dms:DescribeTableStatistics",
        "glue:GetCrawler",
        "glue:GetJobRuns",
        "glue:GetWorkflow",
        "s3:GetObject",
        "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecretVersionIds",
        "sns:ListSubscriptionsByTopic",
    }
)
