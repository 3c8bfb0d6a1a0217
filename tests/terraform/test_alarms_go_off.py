"""What goes wrong in the rehearsal turns the alarms that the tree really plans, by the rules that it really plans."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest
from moto.athena.models import AthenaBackend
from moto.events.models import EventsBackend

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.agent_book import MintedKey
from autocorp_wizard.rehearsal.pace import Span
from autocorp_wizard.rehearsal.services import athena, datasync, datasync_state, dms, events, glue
from autocorp_wizard.rehearsal.services.athena_groups import queries_of
from autocorp_wizard.rehearsal.services.athena_queries import begin
from autocorp_wizard.rehearsal.services.cloudwatch_store import RehearsalCloudWatch
from autocorp_wizard.rehearsal.services.datasync_models import Agent, Location, Task
from autocorp_wizard.rehearsal.services.datasync_runs import Execution
from autocorp_wizard.rehearsal.services.datasync_state import RehearsalDataSync
from autocorp_wizard.rehearsal.services.dms_run import Run, TableRun
from autocorp_wizard.rehearsal.services.dms_store import Life, RehearsalDms, Thing
from autocorp_wizard.rehearsal.services.dms_task_life import Task as Replication
from autocorp_wizard.rehearsal.services.dms_tasks import stop_task
from autocorp_wizard.rehearsal.services.glue_crawls import start_crawl
from tests.rehearsal.glue_bench import LAKE, Bench, bench
from tests.terraform.workbench import OFFLINE_PROVIDER, TREE, Plan, initialised

__all__ = ["bench"]
pytestmark = pytest.mark.slow

PREFIX = "autocorp-dev"
TRANSFER = f"arn:aws:datasync:{REGION}:{ACCOUNT_ID}:task/task-0123456789abcdef0"
SETTINGS = {"ResultConfiguration": {"OutputLocation": f"s3://{LAKE}/tmp/athena/"}}
ROOT = f"""
terraform {{
  required_version = ">= 1.11"

  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }}
  }}
}}

{OFFLINE_PROVIDER}  region = "{REGION}"
}}

module "monitoring" {{
  source = "./modules/monitoring"

  account_id       = "{ACCOUNT_ID}"
  budget_limit_usd = 95
  datasync         = {{ task_arns = {{ parts = "{TRANSFER}" }} }}
  dms = {{
    instance_id      = "{PREFIX}-replication"
    replicating      = true
    task_resource_id = "{PREFIX}-cdc"
  }}
  glue = {{
    crawler_names  = ["{PREFIX}-raw"]
    job_names      = ["{PREFIX}-customers"]
    workgroup_name = "{PREFIX}"
  }}
  kms_key_arn           = "arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_name      = "{LAKE}"
  name_prefix           = "{PREFIX}"
  region                = "{REGION}"
  topic_name            = "{PREFIX}-alarms"
}}
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> list[Mapping[str, object]]:
    """Each rule and alarm of the monitoring module: its type, and its attributes as planned."""
    directory = tmp_path_factory.mktemp("monitoring") / "root"
    (directory / "modules").mkdir(parents=True)
    (directory / "modules" / "monitoring").symlink_to(TREE / "modules" / "monitoring")
    (directory / ".terraform.lock.hcl").write_bytes((TREE / ".terraform.lock.hcl").read_bytes())
    (directory / "main.tf").write_text(ROOT, encoding="utf-8")
    plan: Plan = initialised(directory, {"AWS_EC2_METADATA_DISABLED": "true"}).plan({})
    return [{"type": entry["type"], **plan.after(address)} for address, entry in plan.changes().items()]


class Watch:
    """CloudWatch and EventBridge with the tree's alarms and rules in them, over services of this test alone."""

    def __init__(self, bench: Bench, planned: Iterable[Mapping[str, object]]) -> None:
        self.bench = bench
        self.cloudwatch = RehearsalCloudWatch(REGION, ACCOUNT_ID)
        self.events = EventsBackend(REGION, ACCOUNT_ID)
        self.glue = bench.backend
        self.dms = RehearsalDms(REGION, ACCOUNT_ID)
        self.datasync = RehearsalDataSync(REGION, ACCOUNT_ID)
        self.athena = AthenaBackend(REGION, ACCOUNT_ID)
        for each in planned:
            if each["type"] == "aws_cloudwatch_event_rule":
                self.events.put_rule(str(each["name"]), event_pattern=str(each["event_pattern"]))
            elif each["type"] == "aws_cloudwatch_metric_alarm":
                self._watch_by(each)

    def _watch_by(self, alarm: Mapping[str, object]) -> None:
        dimensions = alarm["dimensions"]
        assert isinstance(dimensions, Mapping)
        asked: dict[str, object] = {
            "name": alarm["alarm_name"],
            "description": alarm["alarm_description"],
            "dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "alarm_actions": [],
            **{
                name: alarm[name]
                for name in (
                    "comparison_operator",
                    "datapoints_to_alarm",
                    "evaluation_periods",
                    "extended_statistic",
                    "metric_name",
                    "namespace",
                    "period",
                    "statistic",
                    "threshold",
                    "treat_missing_data",
                )
            },
        }
        self.cloudwatch.noted(self.cloudwatch.put_metric_alarm(**asked), None)  # type: ignore[arg-type]

    def after(self, minutes: float) -> set[str]:
        """Let time pass and return the alarms that are on, by their short names."""
        self.bench.clock[0] += minutes * 60
        self.cloudwatch.judge_alarms()
        return {
            name.removeprefix(f"{PREFIX}-")
            for name, alarm in self.cloudwatch.alarms.items()
            # Silence of a task that is to replicate is lag: not of interest here.
            if alarm.state_value == "ALARM" and "latency" not in name
        }

    def caught(self, rule: str) -> int:
        """Return how many events the rule has caught so far."""
        return sum(
            point.name == "TriggeredRules" and point.dimensions["RuleName"] == f"{PREFIX}-{rule}"
            for point in events.metric_points(0, pace.now() + 1)
        )


@pytest.fixture
def watch(bench: Bench, planned: list[Mapping[str, object]], monkeypatch: pytest.MonkeyPatch) -> Watch:
    # Whoever took the clock by its name reads this one too.
    monkeypatch.setattr(pace, "time", SimpleNamespace(time=lambda: bench.clock[0]))
    made = Watch(bench, planned)
    for module, name, backend in (
        (events, "events_backends", made.events),
        (glue, "glue_backends", made.glue),
        (dms, "dms_backends", made.dms),
        (datasync_state, "datasync_backends", made.datasync),
        (athena, "athena_backends", made.athena),
    ):
        monkeypatch.setattr(module, name, {ACCOUNT_ID: {REGION: backend}})
    assert made.after(10) == set(), "nothing has happened yet"
    return made


def test_a_job_whose_role_lacks_a_permission_turns_the_alarm_of_failed_runs_for_a_while(watch: Watch) -> None:
    watch.bench.allow(without="curated")
    watch.bench.job(f"{PREFIX}-customers")
    watch.bench.start(f"{PREFIX}-customers")
    assert watch.after(5) == {"glue-failed-runs"}
    assert watch.after(20) == set()
    (told,) = glue.state_changes(0, pace.now())
    assert told.detail["state"] == "FAILED"
    assert "is not authorized to perform: s3:PutObject" in str(told.detail["message"])


def test_a_job_that_runs_out_of_time_turns_it_too_and_one_that_succeeds_or_is_another_s_does_not(watch: Watch) -> None:
    watch.bench.job(f"{PREFIX}-customers")
    watch.bench.start(f"{PREFIX}-customers")
    watch.bench.job("of-another-team", timeout=1)
    watch.bench.start("of-another-team")
    assert watch.after(10) == set()
    assert sorted(str(told.detail["state"]) for told in glue.state_changes(0, pace.now())) == ["SUCCEEDED", "TIMEOUT"]
    watch.bench.backend.get_job(f"{PREFIX}-customers").timeout = 1
    watch.bench.start(f"{PREFIX}-customers")
    assert watch.after(5) == {"glue-failed-runs"}


def test_a_crawler_that_may_not_list_is_caught_by_its_rule(watch: Watch) -> None:
    crawler = f"{PREFIX}-raw"
    watch.glue.create_database("raw", {"Name": "raw"})
    targets = {"S3Targets": [{"Path": f"s3://{LAKE}/raw/csv/parts/"}]}
    watch.glue.create_crawler(crawler, watch.bench.role, "raw", "", targets, "", [], "", {}, {}, {}, "", "", {})
    start_crawl(watch.glue, watch.glue.get_crawler(crawler))
    watch.after(5)
    assert watch.caught("glue-failed-crawls") == 0
    watch.bench.allow(without="s3:ListBucket")
    start_crawl(watch.glue, watch.glue.get_crawler(crawler))
    watch.after(5)
    assert watch.caught("glue-failed-crawls") == 1
    states = [told.detail["state"] for told in glue.state_changes(0, pace.now())]
    assert states == ["Started", "Succeeded", "Started", "Failed"]


def _transfer(watch: Watch, agent: str) -> Execution:
    nfs = Location("source", "nfs", {"ServerHostname": "files", "OnPremConfig": {"AgentArns": [agent]}}, {})
    s3 = Location("destination", "s3", {"S3BucketArn": f"arn:aws:s3:::{LAKE}"}, {})
    task = Task(TRANSFER, nfs.arn, s3.arn, {}, {})
    definition = {"Options": task.options}
    run = Execution(f"{TRANSFER}/execution/exec-0123456789abcdef0", TRANSFER, "BASIC", definition, (agent,), {})
    watch.datasync.places |= {nfs.arn: nfs, s3.arn: s3}
    watch.datasync.transfers[task.arn] = task
    watch.datasync.runs[run.arn] = run
    return run


def test_a_transfer_whose_agent_is_gone_turns_the_alarm_of_failed_transfers(watch: Watch) -> None:
    run = _transfer(watch, "an-agent-that-was-deleted")
    watch.bench.clock[0] += 60
    while watch.datasync.settle():
        pass
    assert (run.status, run.error_code) == ("ERROR", "AgentOffline")
    assert watch.after(5) == {"datasync-failed-runs"}
    states = [told.detail["State"] for told in datasync.state_changes(0, pace.now())]
    assert states == ["QUEUED", "LAUNCHING", "ERROR"]


def test_a_transfer_task_whose_agent_falls_silent_is_caught_by_its_rule(watch: Watch) -> None:
    agent = Agent("agent", "one", {}, MintedKey(1, REGION, "PUBLIC", "", pace.now()), {})
    watch.datasync.agents[agent.arn] = agent
    _transfer(watch, agent.arn)
    watch.datasync.runs.clear()
    watch.after(5)
    assert watch.caught("datasync-unavailable") == 0
    watch.datasync.book.machine(1).silent = Span.start(1e9)
    watch.after(0.4)
    assert watch.caught("datasync-unavailable") == 0, "five minutes of silence are not over"
    watch.after(1)
    assert watch.caught("datasync-unavailable") == 1


def _replication(watch: Watch, table: TableRun) -> Replication:
    backend, now = watch.dms, pace.now()
    document = {"ReplicationInstanceClass": "dms.t3.medium", "AllocatedStorage": 50}
    rep = Thing("rep", f"{PREFIX}-replication", backend.arn("rep", "R"), document, Life("available"))
    backend.things[rep.arn] = rep
    ends = (backend.arn("endpoint", "S"), backend.arn("endpoint", "T"))
    run = Run("slot", "0/1", [table], now, now, [(now, None)])
    arn = backend.arn("task", f"{PREFIX}-cdc")
    made = Replication(f"{PREFIX}-cdc", arn, rep.arn, ends, {}, Life("running"), run=run)
    backend.tasks[arn] = made
    return made


def test_a_replication_task_that_finds_no_table_fails_and_turns_its_alarm_though_nobody_asked_dms(watch: Watch) -> None:
    task = _replication(watch, TableRun("public", "customers", trouble="Table does not exist"))
    # The minute in which the figures are asked for is the one in which DMS notices.
    watch.after(0)
    assert task.status == "failed"
    assert watch.after(5) == {"dms-task-stopped"}
    (told,) = dms.state_changes(0, pace.now())
    assert (told.detail["eventId"], told.detail["category"]) == ("DMS-EVENT-0078", "Failure")
    assert "No tables were found at task initialization." in str(told.detail["detailMessage"])


def test_a_replication_task_that_is_stopped_turns_its_alarm(watch: Watch) -> None:
    now = pace.now()
    task = _replication(watch, TableRun("public", "customers", rows=1, load=Span(now + 1e6, 60, 1.0)))
    stop_task(watch.dms, {"ReplicationTaskArn": task.arn})
    assert watch.after(5) == {"dms-task-stopped"}
    assert [told.detail["eventId"] for told in dms.state_changes(0, pace.now())] == ["DMS-EVENT-0079"]


@pytest.mark.parametrize(("text", "kind"), [("SELECT * FROM lost", "dml"), ("SHOW TABLES", "ddl")])
def test_queries_that_keep_failing_turn_the_alarm_of_their_kind(watch: Watch, text: str, kind: str) -> None:
    settings = SETTINGS if kind == "dml" else {"ResultConfiguration": {"OutputLocation": "s3://not-there/"}}
    queries = queries_of(watch.athena)

    def fail(times: int) -> None:
        for _ in range(times):
            query = begin(text, PREFIX, {"Database": "curated"}, settings)
            queries[query.id] = query

    # From the beginning of one quarter of an hour to that of the next: the alarm counts by those.
    watch.after(15.1 - pace.now() / 60 % 15)
    fail(4)
    assert watch.after(15) == set(), "four within a quarter of an hour are no alarm"
    fail(5)
    assert watch.after(15) == {f"athena-failed-queries-{kind}"}


def test_queries_that_take_long_in_two_quarters_of_an_hour_turn_the_alarm_of_slow_ones(watch: Watch) -> None:
    queries = queries_of(watch.athena)
    seen = []
    for _ in range(3):
        query = begin("SELECT 1", PREFIX, {}, SETTINGS)
        queries[query.id] = replace(query, run=Span(query.queue.ends, 45, query.queue.factor))
        seen.append(watch.after(15))
    assert seen[0] == set()
    assert seen[2] == {"athena-slow-queries"}
