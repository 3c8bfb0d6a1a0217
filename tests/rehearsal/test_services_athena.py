"""What the rehearsal cloud adds to Athena, as a client of AWS sees it."""

from collections.abc import Callable

import pytest

from tests.cloud_fixtures import ClientFor
from tests.rehearsal.test_services_glue import refused, until

pytestmark = pytest.mark.slow

Unique = Callable[[str], str]


@pytest.fixture
def group(client_for: ClientFor, unique: Unique) -> str:
    """A workgroup that enforces where results go and how much is read."""
    bucket, name = unique("results"), unique("group")
    client_for("s3").create_bucket(Bucket=bucket)
    client_for("athena").create_work_group(
        Name=name,
        Tags=[{"Key": "Name", "Value": name}],
        Configuration={
            "ResultConfiguration": {"OutputLocation": f"s3://{bucket}/tmp/athena/"},
            "EnforceWorkGroupConfiguration": True,
            "BytesScannedCutoffPerQuery": 10_000_000,
        },
    )
    return name


@pytest.fixture
def database(client_for: ClientFor, unique: Unique) -> str:
    """A catalog database with a small and a big table."""
    glue, s3 = client_for("glue"), client_for("s3")
    bucket, name = unique("tables"), unique("curated").replace("-", "_")
    s3.create_bucket(Bucket=bucket)
    glue.create_database(DatabaseInput={"Name": name})
    for table, size in (("small", 10), ("big", 11_000_000)):
        s3.put_object(Bucket=bucket, Key=f"{table}/part.parquet", Body=bytes(size))
        storage = {"Location": f"s3://{bucket}/{table}/"}
        glue.create_table(DatabaseName=name, TableInput={"Name": table, "StorageDescriptor": storage})
    return name


def test_a_workgroup_changes_in_place_and_goes_with_its_history_only_when_told(
    client_for: ClientFor, group: str
) -> None:
    athena = client_for("athena")
    athena.update_work_group(
        WorkGroup=group,
        Description="changed",
        ConfigurationUpdates={
            "RemoveBytesScannedCutoffPerQuery": True,
            "ResultConfigurationUpdates": {"ExpectedBucketOwner": "999999999999"},
        },
    )
    found = athena.get_work_group(WorkGroup=group)["WorkGroup"]
    assert found["Description"] == "changed"
    assert "BytesScannedCutoffPerQuery" not in found["Configuration"]
    results = found["Configuration"]["ResultConfiguration"]
    assert (results["OutputLocation"].endswith("/tmp/athena/"), results["ExpectedBucketOwner"]) == (
        True,
        "999999999999",
    )
    assert found["Configuration"]["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    arn = f"arn:aws:athena:us-east-1:999999999999:workgroup/{group}"
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "Name", "Value": group}]
    athena.untag_resource(ResourceARN=arn, TagKeys=["Name"])
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
    athena.create_named_query(Name="q", Database="d", QueryString="SELECT 1", WorkGroup=group)
    assert refused(athena.delete_work_group, WorkGroup=group) == (
        "InvalidRequestException",
        f"WorkGroup {group} is not empty",
    )
    athena.delete_work_group(WorkGroup=group, RecursiveDeleteOption=True)
    assert refused(athena.get_work_group, WorkGroup=group)[1] == f"WorkGroup {group} is not found."


def test_saved_queries_are_changed_fetched_together_and_deleted(client_for: ClientFor, group: str) -> None:
    athena = client_for("athena")
    made = athena.create_named_query(Name="q", Database="d", QueryString="SELECT 1", WorkGroup=group)["NamedQueryId"]
    athena.update_named_query(NamedQueryId=made, Name="p", QueryString="SELECT 2")
    answer = athena.batch_get_named_query(NamedQueryIds=[made, "unknown"])
    assert [(each["Name"], each["QueryString"]) for each in answer["NamedQueries"]] == [("p", "SELECT 2")]
    assert [each["NamedQueryId"] for each in answer["UnprocessedNamedQueryIds"]] == ["unknown"]
    athena.delete_named_query(NamedQueryId=made)
    assert athena.list_named_queries(WorkGroup=group)["NamedQueryIds"] == []
    code, message = refused(athena.get_named_query, NamedQueryId=made)[:2]
    # The words by which the provider knows that a query is gone.
    assert code == "InvalidRequestException"
    assert "does not exist" in message


def test_a_query_is_queued_runs_and_ends_with_its_figures(client_for: ClientFor, group: str, database: str) -> None:
    athena = client_for("athena")

    def start(text: str, **more: object) -> str:
        context = {"Database": database}
        return str(
            athena.start_query_execution(QueryString=text, WorkGroup=group, QueryExecutionContext=context, **more)[
                "QueryExecutionId"
            ]
        )

    text = "WITH few AS (SELECT * FROM small) SELECT count(*) FROM few JOIN small USING (id) -- FROM nowhere"
    token = "a-token-of-thirty-two-characters-at-least"
    good = start(text, ClientRequestToken=token)
    assert start(text, ClientRequestToken=token) == good
    lost = start("SELECT *\n  FROM lost")
    big = start(f"SELECT * FROM {database}.big")  # noqa: S608
    wrong = start("SELEKT 1")

    def state(query: str) -> str:
        return str(athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"])

    for query, wanted in ((good, "SUCCEEDED"), (lost, "FAILED"), (big, "FAILED"), (wrong, "FAILED")):
        until(lambda query=query: state(query), wanted)  # type: ignore[misc]
    told = {
        each["QueryExecutionId"]: each
        for each in athena.batch_get_query_execution(QueryExecutionIds=[good, lost, big, wrong])["QueryExecutions"]
    }
    assert told[good]["Statistics"]["DataScannedInBytes"] == 10_000_000, "the least that is billed"
    assert told[good]["Status"]["CompletionDateTime"] > told[good]["Status"]["SubmissionDateTime"]
    reason = f"TABLE_NOT_FOUND: line 2:8: Table 'awsdatacatalog.{database}.lost' does not exist"
    assert told[lost]["Status"]["StateChangeReason"] == reason
    assert told[lost]["Status"]["AthenaError"]["ErrorCategory"] == 2
    assert told[big]["Status"]["StateChangeReason"].startswith("Bytes scanned limit was exceeded")
    assert "mismatched input 'SELEKT'" in told[wrong]["Status"]["StateChangeReason"]
    athena.stop_query_execution(QueryExecutionId=good)
    assert state(good) == "SUCCEEDED", "what is over stays as it ended"
    assert athena.get_query_results(QueryExecutionId=good)["ResultSet"]["Rows"] == []
    assert refused(athena.get_query_results, QueryExecutionId=lost)[0] == "InvalidRequestException"
    listed = athena.list_query_executions(WorkGroup=group, MaxResults=2)
    assert listed["QueryExecutionIds"] == [wrong, big]
    following = athena.list_query_executions(WorkGroup=group, NextToken=listed["NextToken"])
    assert following["QueryExecutionIds"] == [lost, good]


def test_without_a_place_for_results_a_query_is_refused(client_for: ClientFor) -> None:
    code, message = refused(client_for("athena").start_query_execution, QueryString="SELECT 1")
    assert code == "InvalidRequestException"
    assert message.startswith("No output location provided.")
