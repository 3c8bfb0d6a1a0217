"""What the rehearsal cloud adds to Glue, as a client of AWS sees it."""

import json
from collections.abc import Callable, Mapping

import pytest
from botocore.exceptions import ClientError

from tests.cloud_fixtures import ClientFor

pytestmark = pytest.mark.slow

TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
Unique = Callable[[str], str]


def refused(call: Callable[..., object], **parameters: object) -> tuple[str, str]:
    """The code and the message that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def until(look: Callable[[], str], wanted: str) -> None:
    """Look until it is so: what takes a minute on AWS takes a second here."""
    seen = ""
    for _ in range(2000):
        seen = look()
        if seen == wanted:
            return
    raise AssertionError(f"{seen} instead of {wanted}")


@pytest.fixture
def role(client_for: ClientFor, unique: Unique) -> str:
    """A role that may do what a job needs on any bucket."""
    iam, name = client_for("iam"), unique("glue-role")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    everything = {"Effect": "Allow", "Action": ["s3:*", "glue:*", "cloudwatch:*"], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": everything}
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
    return str(arn)


@pytest.fixture
def lake(client_for: ClientFor, unique: Unique) -> str:
    """A bucket with a script in it."""
    s3, name = client_for("s3"), unique("glue-lake")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="scripts/job.py", Body=b"pass")
    return name


def definition(role: str, lake: str, **more: object) -> Mapping[str, object]:
    """What CreateJob and JobUpdate take."""
    command = {"Name": "glueetl", "ScriptLocation": f"s3://{lake}/scripts/job.py", "PythonVersion": "3"}
    sizes = {"GlueVersion": "5.0", "WorkerType": "G.1X", "NumberOfWorkers": 2, "Timeout": 30}
    return {"Role": role, "Command": command, "DefaultArguments": {"--lake_bucket": lake}, **sizes, **more}


def test_a_job_changes_in_place_and_keeps_no_made_up_execution_class(
    client_for: ClientFor, unique: Unique, role: str, lake: str
) -> None:
    glue, name = client_for("glue"), unique("job")
    glue.create_job(Name=name, **definition(role, lake, Description="first"))
    assert "ExecutionClass" not in glue.get_job(JobName=name)["Job"]
    glue.update_job(JobName=name, JobUpdate=definition(role, lake, Timeout=45, ExecutionClass="FLEX"))
    found = glue.get_job(JobName=name)["Job"]
    assert (found["Timeout"], found["ExecutionClass"]) == (45, "FLEX")
    assert "Description" not in found, "an update replaces the definition as a whole"
    assert found["LastModifiedOn"] > found["CreatedOn"]


def test_a_name_is_taken_once_and_the_same_definition_twice_is_no_harm(
    client_for: ClientFor, unique: Unique, role: str, lake: str
) -> None:
    glue, name = client_for("glue"), unique("job")
    glue.create_job(Name=name, **definition(role, lake))
    glue.create_job(Name=name, **definition(role, lake))
    code, message = refused(glue.create_job, Name=name, **definition(role, lake, Timeout=99))
    assert (code, name in message) == ("IdempotentParameterMismatchException", True)


def test_a_role_that_glue_cannot_assume_is_refused_at_once(client_for: ClientFor, unique: Unique, lake: str) -> None:
    iam, name = client_for("iam"), unique("other-role")
    trust = json.loads(json.dumps(TRUST).replace("glue.amazonaws.com", "dms.amazonaws.com"))
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    code, message = refused(client_for("glue").create_job, Name=unique("job"), **definition(arn, lake))
    assert code == "InvalidInputException"
    assert message == f"Role {arn} should be given assume role permissions for Glue Service."


def test_runs_are_listed_newest_first_and_told_as_aws_tells_them(
    client_for: ClientFor, unique: Unique, role: str, lake: str
) -> None:
    glue, name = client_for("glue"), unique("job")
    glue.create_job(Name=name, **definition(role, lake))
    first = glue.start_job_run(JobName=name)["JobRunId"]
    assert refused(glue.start_job_run, JobName=name)[0] == "ConcurrentRunsExceededException"
    until(lambda: glue.get_job_run(JobName=name, RunId=first)["JobRun"]["JobRunState"], "SUCCEEDED")
    second = glue.start_job_run(JobName=name, Arguments={"--tables": "customers"})["JobRunId"]
    runs = glue.get_job_runs(JobName=name)["JobRuns"]
    assert [run["Id"] for run in runs] == [second, first]
    assert runs[0]["Arguments"] == {"--lake_bucket": lake, "--tables": "customers"}
    assert runs[1]["CompletedOn"] > runs[1]["StartedOn"]
    assert (runs[1]["ExecutionTime"], runs[1]["Attempt"], runs[1]["GlueVersion"]) == (75, 0, "5.0")
    assert "ErrorMessage" not in runs[1]
    assert len(glue.get_job_runs(JobName=name, MaxResults=1)["JobRuns"]) == 1
    stopped = glue.batch_stop_job_run(JobName=name, JobRunIds=[second, "jr_unknown"])
    assert [each["JobRunId"] for each in stopped["SuccessfulSubmissions"]] == [second]
    assert stopped["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"
    until(lambda: glue.get_job_runs(JobName=name)["JobRuns"][0]["JobRunState"], "STOPPED")


def test_a_run_without_its_script_fails_with_the_words_of_aws(
    client_for: ClientFor, unique: Unique, role: str, lake: str
) -> None:
    glue, name = client_for("glue"), unique("job")
    client_for("s3").delete_object(Bucket=lake, Key="scripts/job.py")
    glue.create_job(Name=name, **definition(role, lake))
    glue.start_job_run(JobName=name)
    until(lambda: glue.get_job_runs(JobName=name)["JobRuns"][0]["JobRunState"], "FAILED")
    message = glue.get_job_runs(JobName=name)["JobRuns"][0]["ErrorMessage"]
    assert message.startswith(f"LAUNCH ERROR | Error downloading from S3 for bucket: {lake}, key: scripts/job.py.")


def test_a_deleted_job_takes_its_runs_and_tags_along(
    client_for: ClientFor, unique: Unique, role: str, lake: str
) -> None:
    glue, name = client_for("glue"), unique("job")
    for tags in ({"Was": "there"}, {}):
        glue.create_job(Name=name, Tags=tags, **definition(role, lake))
        arn = f"arn:aws:glue:us-east-1:999999999999:job/{name}"
        assert glue.get_tags(ResourceArn=arn)["Tags"] == tags
        assert glue.get_job_runs(JobName=name)["JobRuns"] == []
        glue.start_job_run(JobName=name)
        glue.delete_job(JobName=name)


def test_a_crawler_runs_is_measured_stopped_and_changed(
    client_for: ClientFor, unique: Unique, role: str, lake: str
) -> None:
    glue, name, database = client_for("glue"), unique("crawler"), unique("raw").replace("-", "_")
    glue.create_database(DatabaseInput={"Name": database})
    client_for("s3").put_object(Bucket=lake, Key="raw/csv/parts/a.csv", Body=b"sku,quantity\nx,1\n")
    targets = {"S3Targets": [{"Path": f"s3://{lake}/raw/csv/parts/"}]}
    glue.create_crawler(Name=name, Role=role, DatabaseName=database, Targets=targets, TablePrefix="raw_")
    assert "LastCrawl" not in glue.get_crawler(Name=name)["Crawler"]
    assert refused(glue.stop_crawler, Name=name)[0] == "CrawlerNotRunningException"
    glue.start_crawler(Name=name)
    assert refused(glue.start_crawler, Name=name)[0] == "CrawlerRunningException"
    assert refused(glue.update_crawler, Name=name, TablePrefix="x_")[0] == "CrawlerRunningException"
    until(lambda: glue.get_crawler(Name=name)["Crawler"]["State"], "READY")
    assert glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]["Status"] == "SUCCEEDED"
    metrics = glue.get_crawler_metrics(CrawlerNameList=[name])["CrawlerMetricsList"][0]
    assert (metrics["TimeLeftSeconds"], metrics["LastRuntimeSeconds"], metrics["TablesCreated"]) == (0.0, 75.0, 1)
    assert [table["Name"] for table in glue.get_tables(DatabaseName=database)["TableList"]] == ["raw_parts"]
    glue.start_crawler(Name=name)
    glue.stop_crawler(Name=name)
    until(lambda: glue.get_crawler(Name=name)["Crawler"]["State"], "READY")
    crawls = glue.list_crawls(CrawlerName=name)["Crawls"]
    assert [crawl["State"] for crawl in crawls] == ["STOPPED", "COMPLETED"]
    completed = [{"FieldName": "STATE", "FilterOperator": "EQ", "FieldValue": "COMPLETED"}]
    assert len(glue.list_crawls(CrawlerName=name, Filters=completed)["Crawls"]) == 1
    glue.update_crawler(Name=name, Schedule="cron(0 2 * * ? *)", TablePrefix="x_")
    found = glue.get_crawler(Name=name)["Crawler"]
    assert (found["TablePrefix"], found["Schedule"]["State"], found["Version"]) == ("x_", "SCHEDULED", 2)
    glue.stop_crawler_schedule(CrawlerName=name)
    assert glue.get_crawler(Name=name)["Crawler"]["Schedule"]["State"] == "NOT_SCHEDULED"
    glue.start_crawler_schedule(CrawlerName=name)
    glue.delete_crawler(Name=name)


def test_a_workflow_run_counts_what_became_of_its_actions(
    client_for: ClientFor, unique: Unique, role: str, lake: str
) -> None:
    glue, flow = client_for("glue"), unique("flow")
    first, second = unique("first"), unique("second")
    for job in (first, second):
        glue.create_job(Name=job, **definition(role, lake))
    glue.create_workflow(Name=flow, MaxConcurrentRuns=1, DefaultRunProperties={"by": "default"})
    assert refused(glue.create_workflow, Name=flow)[0] == "AlreadyExistsException"
    start, then = unique("start"), unique("then")
    scheduled = {"Type": "SCHEDULED", "Schedule": "cron(0 2 * * ? *)", "WorkflowName": flow}
    glue.create_trigger(Name=start, Actions=[{"JobName": first}], **scheduled)
    condition = {"Conditions": [{"LogicalOperator": "EQUALS", "JobName": first, "State": "SUCCEEDED"}]}
    glue.create_trigger(
        Name=then,
        Type="CONDITIONAL",
        WorkflowName=flow,
        Predicate=condition,
        Actions=[{"JobName": second}],
        StartOnCreation=True,
    )
    missing = refused(glue.create_trigger, Name=unique("t"), Type="ON_DEMAND", Actions=[{"JobName": "none"}])
    assert missing[0] == "EntityNotFoundException"
    glue.update_trigger(Name=start, TriggerUpdate={"Schedule": "cron(0 3 * * ? *)"})
    assert glue.get_trigger(Name=start)["Trigger"]["Schedule"] == "cron(0 3 * * ? *)"
    run = glue.start_workflow_run(Name=flow, RunProperties={"asked": "here"})["RunId"]
    assert refused(glue.start_workflow_run, Name=flow)[0] == "ConcurrentRunsExceededException"
    until(lambda: glue.get_workflow_run(Name=flow, RunId=run)["Run"]["Status"], "COMPLETED")
    told = glue.get_workflow_runs(Name=flow)["Runs"][0]
    assert told["Statistics"]["TotalActions"] == told["Statistics"]["SucceededActions"] == 2
    assert told["WorkflowRunProperties"] == {"by": "default", "asked": "here"}
    assert glue.get_workflow(Name=flow)["Workflow"]["LastRun"]["WorkflowRunId"] == run
    followed = glue.get_job_runs(JobName=second)["JobRuns"][0]
    assert (followed["TriggerName"], followed["PredecessorRuns"][0]["JobName"]) == (then, first)


def test_rulesets_and_connections_are_kept_changed_and_deleted(client_for: ClientFor, unique: Unique) -> None:
    glue, name = client_for("glue"), unique("rules")
    target = {"DatabaseName": "curated", "TableName": "not_there_yet"}
    given = {"Name": name, "Ruleset": "Rules = [RowCount > 0]", "TargetTable": target}
    glue.create_data_quality_ruleset(**given)
    assert refused(glue.create_data_quality_ruleset, **given)[0] == "AlreadyExistsException"
    glue.update_data_quality_ruleset(Name=name, Ruleset='Rules = [IsComplete "sku"]', Description="changed")
    found = glue.get_data_quality_ruleset(Name=name)
    assert (found["Ruleset"], found["Description"], found["TargetTable"]) == (
        'Rules = [IsComplete "sku"]',
        "changed",
        target,
    )
    assert name in {each["Name"] for each in glue.list_data_quality_rulesets()["Rulesets"]}
    assert refused(glue.update_data_quality_ruleset, Name=name, Ruleset="RowCount > 0")[0] == "InvalidInputException"
    glue.delete_data_quality_ruleset(Name=name)
    assert refused(glue.get_data_quality_ruleset, Name=name)[0] == "EntityNotFoundException"

    connection = unique("connection")
    place = {"SubnetId": "subnet-1", "SecurityGroupIdList": ["sg-1"], "AvailabilityZone": "us-east-1a"}
    asked = {"Name": connection, "ConnectionType": "NETWORK", "ConnectionProperties": {}}
    glue.create_connection(ConnectionInput={**asked, "PhysicalConnectionRequirements": place})
    assert glue.get_connection(Name=connection)["Connection"]["ConnectionType"] == "NETWORK"
    glue.update_connection(Name=connection, ConnectionInput={**asked, "Description": "changed"})
    assert glue.get_connection(Name=connection)["Connection"]["Description"] == "changed"
    glue.delete_connection(ConnectionName=connection)
    assert refused(glue.get_connection, Name=connection)[0] == "EntityNotFoundException"


def test_what_is_not_emulated_says_so(client_for: ClientFor) -> None:
    code, _ = refused(client_for("glue").list_data_quality_results)
    assert code == "NotImplemented"
