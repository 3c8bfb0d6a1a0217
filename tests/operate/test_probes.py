"""Each probe says yes, no, or that nobody could look; and it says yes only where the real thing was seen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from autocorp_wizard.core.errors import InconclusiveError
from autocorp_wizard.operate.finding import Finding
from autocorp_wizard.operate.panels import CALLS
from autocorp_wizard.operate.probes import PROBE_CALLS, PROBES, look_with
from autocorp_wizard.operate.source_probes import SOURCE_PROBES
from tests.operate.healthy import AGO, HEALTHY, figures
from tests.operate.modelled import ACCOUNT, NOW, FixedState, ModelledCloud, Refusal, look, subject

SHARED: dict[str, Any] = {
    "sts:GetCallerIdentity": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "UserId": "x"},
    "s3:HeadBucket": {},
    "s3:GetBucketVersioning": {"Status": "Enabled"},
    "s3:ListObjectsV2": {"Contents": [{"Key": "raw/csv/customers/customers.csv", "Size": 10, "LastModified": AGO}]},
    "dynamodb:DescribeTable": {"Table": {"TableName": "terraform-locks", "TableStatus": "ACTIVE"}},
    "iam:GetRole": lambda params: {
        "Role": {
            "Path": "/",
            "RoleName": params["RoleName"],
            "RoleId": "AROA" + "X" * 17,
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/{params['RoleName']}",
            "CreateDate": NOW,
        }
    },
    "glue:GetTables": {"TableList": [{"Name": "customers"}, {"Name": "sales_order"}]},
    "cloudwatch:ListMetrics": {"Metrics": [{"Namespace": "AWS/DMS", "MetricName": "CDCLatencyTarget"}]},
    "dms:DescribeEndpoints": {"Endpoints": [{"PostgreSQLSettings": {"SecretsManagerSecretId": "arn:secret"}}]},
}
CHANGED = {
    "dms:DescribeTableStatistics": {
        "TableStatistics": [
            {
                "SchemaName": "public",
                "TableName": "auto_parts",
                "TableState": "Table completed",
                "FullLoadRows": 400,
                "Inserts": 1,
                "Updates": 1,
                "Deletes": 1,
            }
        ]
    }
}
CLOUD_PROBES = sorted(set(PROBES) - set(SOURCE_PROBES))


def probed(name: str, changes: Mapping[str, Any] | None = None, **look_changes: Any) -> Finding:
    return look_with(name, look(HEALTHY | SHARED | CHANGED | dict(changes or {}), **look_changes))


@pytest.mark.parametrize("name", CLOUD_PROBES)
def test_every_probe_says_yes_of_a_lake_that_is_well(name: str):
    found = probed(name)
    assert found.holds is True, found
    assert found.sentence


@pytest.mark.parametrize("name", CLOUD_PROBES)
def test_no_probe_says_yes_where_everything_is_refused(name: str):
    denied = FixedState(error=InconclusiveError("STATE-UNSEEN", "The state was not seen."))
    # An answer of the environment says that no table is used: nothing is asked then.
    here = subject(lock_table="terraform-locks")
    found = look_with(name, look({}, state=denied, subject=here))
    assert found.holds is None, found
    assert found.sentence


@pytest.mark.parametrize("name", sorted(set(CLOUD_PROBES) - {"account", "account-roles", "lock-table", "state-bucket"}))
def test_no_probe_says_yes_before_its_phase(name: str):
    empty = FixedState(addresses=(), outputs={})
    nothing = {"s3:ListObjectsV2": {}}
    found = probed(name, nothing, outputs={}, phases=frozenset(), state=empty)
    assert found.holds is not True or name == "state-unlocked", found


def test_the_calls_of_all_probes_are_in_the_tables():
    here = look(HEALTHY | SHARED | CHANGED, subject=subject(lock_table="terraform-locks"))
    for name in CLOUD_PROBES:
        look_with(name, here)
    assert isinstance(here.access, ModelledCloud)
    asked = frozenset(here.access.asked) | {"s3:GetObject"}
    assert asked == CALLS | PROBE_CALLS


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("agent-online", {"datasync:DescribeAgent": {"Status": "OFFLINE"}}, "OFFLINE"),
        (
            "account",
            {"sts:GetCallerIdentity": {"Account": "9" * 12, "Arn": f"arn:aws:iam::{'9' * 12}:root", "UserId": "x"}},
            "9" * 12,
        ),
        ("account-roles", {"iam:GetRole": Refusal("NoSuchEntity", status=404)}, "iam:GetRole"),
        ("alarm-subscriptions", {"sns:ListSubscriptionsByTopic": {"Subscriptions": []}}, "nobody is told"),
        (
            "alarm-subscriptions",
            {"sns:ListSubscriptionsByTopic": {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]}},
            "waits for its confirmation",
        ),
        ("curated-tables", {"glue:GetTables": {"TableList": [{"Name": "other"}]}}, "customers"),
        ("dms-changes", {"dms:DescribeTableStatistics": HEALTHY["dms:DescribeTableStatistics"]}, "0 updates"),
        ("dms-connections", {"dms:DescribeConnections": {"Connections": []}}, "not tested"),
        ("dms-host", {"cloudwatch:GetMetricData": figures(host_cpu=[95.0])}, "CPU 95 %"),
        ("dms-lag", {"cloudwatch:GetMetricData": figures(lag=[301.0])}, "lag 5 min"),
        ("endpoint-by-secret", {"dms:DescribeEndpoints": {"Endpoints": [{"PostgreSQLSettings": {}}]}}, "no secret"),
        ("exports-arrived", {"s3:ListObjectsV2": {}}, "Nothing lies"),
        ("jobs-green", {"glue:GetJobRuns": {"JobRuns": []}}, "never ran"),
        ("jobs-green", {"glue:GetJobRuns": {"JobRuns": [{"JobRunState": "RUNNING"}]}}, "running"),
        ("refresh-green", {"glue:GetJobRuns": {"JobRuns": [{"JobRunState": "RUNNING"}]}}, "running"),
        ("lake-bucket", {"s3:HeadBucket": Refusal("404", status=404)}, "s3:ListBucket"),
        ("lock-table", {"dynamodb:DescribeTable": Refusal("ResourceNotFoundException")}, "dynamodb"),
        ("secret-filled", {"secretsmanager:ListSecretVersionIds": {"Versions": []}}, "has no value"),
        ("state-backup", {"s3:ListObjectsV2": {}}, "no copy"),
        ("state-bucket", {"s3:GetBucketVersioning": {}}, "versioning is off"),
        ("status", {"datasync:DescribeAgent": {"Status": "OFFLINE"}}, "broken"),
        (
            "transfer-rate",
            {"datasync:ListTaskExecutions": {"TaskExecutions": [{"Status": "SUCCESS"}, {"Status": "ERROR"}]}},
            "50.0 %",
        ),
        ("datasync-transfers", {"datasync:ListTaskExecutions": {"TaskExecutions": []}}, "no transfer yet"),
    ],
)
def test_a_probe_says_no_where_it_is_not_so(name: str, changes: Mapping[str, Any], words: str):
    found = probed(name, changes, subject=subject(lock_table="terraform-locks"))
    assert found.holds is False, found
    assert words in found.sentence


def test_an_old_secret_has_a_value_and_is_not_young():
    old = {
        "secretsmanager:ListSecretVersionIds": {
            "Versions": [{"VersionStages": ["AWSCURRENT"], "CreatedDate": NOW - timedelta(days=400)}]
        }
    }
    assert probed("secret-filled", old).holds is True
    assert probed("secret-young", old).holds is False


def test_without_a_table_the_state_is_locked_by_s3():
    assert probed("lock-table", {"dynamodb:DescribeTable": Refusal("AccessDenied")}).holds is True


def test_a_transfer_that_goes_on_proves_nothing_yet():
    going = HEALTHY["datasync:DescribeTaskExecution"] | {"Status": "TRANSFERRING"}
    assert probed("datasync-transfers", {"datasync:DescribeTaskExecution": going}).holds is False


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SOURCE_PROBES))
def test_source_probes_ask_a_real_server(name: str, source):
    import psycopg

    def connect() -> psycopg.Connection:
        user = source.replication_user
        return psycopg.connect(
            host=source.host,
            port=source.port,
            dbname=source.database,
            user=user,
            password=source.password_of(user),
            autocommit=True,
        )

    found = look_with(name, replace(look({}), source=connect))
    expected = {"source-slot": False, "source-tls": source.tls}.get(name, True)
    assert found.holds is expected, found


def rows(**answers: Any):
    """A source that answers by a word of the question."""

    def ask(query: str, parameters: Any = ()) -> Any:
        return next(answer for word, answer in answers.items() if word in query)

    return ask


SETTINGS = {
    "wal_level": "logical",
    "max_replication_slots": "10",
    "max_wal_senders": "10",
    "wal_sender_timeout": "60000",
    "idle_in_transaction_session_timeout": "0",
}


def settings(pending: bool = False, **changes: str) -> list[tuple[str, str, bool]]:
    return [(name, value, pending) for name, value in (SETTINGS | changes).items()]


@pytest.mark.parametrize(
    ("name", "answers", "words"),
    [
        ("source-wal-level", {"pg_settings": settings(wal_level="replica", pending=True)}, "A restart is owed"),
        (
            "source-room",
            {"pg_settings": settings(), "pg_stat_replication": [(10, 1)], "slot_type": []},
            "0 replication slots free",
        ),
        ("source-timeouts", {"pg_settings": settings(wal_sender_timeout="5000")}, "wal_sender_timeout"),
        ("source-timeouts", {"pg_settings": settings(idle_in_transaction_session_timeout="1")}, "must be 0"),
        ("source-role", {"pg_roles": [("dms_replication", False)]}, "may not replicate"),
        ("source-tables", {"relreplident": [("customers", True, True, False)]}, "6 of 7"),
        ("source-tables", {"relreplident": [("customers", False, True, False)]}, "7 of 7"),
        ("source-slot", {"slot_type": [("old", False, 5)]}, "nothing reads from it"),
        ("source-slot", {"slot_type": []}, "no logical slot"),
        ("source-no-orphan-slot", {"slot_type": [("old", False, 5)]}, "without a reader"),
        ("source-wal-held", {"slot_type": [("ours", True, 3 << 30)]}, "3,072.0 MiB"),
        ("source-tls", {"pg_stat_ssl": [(False, "")]}, "not encrypted"),
    ],
)
def test_a_source_that_is_not_ready_is_told_why(name: str, answers: dict[str, Any], words: str):
    found = SOURCE_PROBES[name](rows(**answers))
    assert found.holds is False
    assert words in " ".join([found.sentence, *found.details])


def test_a_slot_of_ours_needs_no_other_room():
    answers = {"pg_settings": settings(), "pg_stat_replication": [(10, 10)], "slot_type": [("ours", True, 1)]}
    assert SOURCE_PROBES["source-room"](rows(**answers)).holds is True


def test_a_source_that_cannot_be_reached_is_not_known():
    def refuse() -> Any:
        raise InconclusiveError("SOURCE-UNSEEN", "The source could not be asked.")

    found = look_with("source-role", replace(look({}), source=refuse))
    assert found.holds is None
    assert "could not be asked" in found.sentence
    assert look_with("source-role", look({})).holds is None
