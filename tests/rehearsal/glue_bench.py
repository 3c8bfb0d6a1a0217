"""A Glue of its own in this process, with a clock that the test sets, a role, a bucket and a job."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from moto.glue.models import FakeJob, GlueBackend

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.services.glue_runs import RunOrder, start_run
from autocorp_wizard.rehearsal.services.glue_state import GlueState, JobRun, state_of

LAKE = "glue-bench-lake"
ALLOWED = (
    ("s3:GetObject", f"arn:aws:s3:::{LAKE}/scripts/*"),
    ("s3:GetObject", f"arn:aws:s3:::{LAKE}/raw/*"),
    ("s3:ListBucket", f"arn:aws:s3:::{LAKE}"),
    ("s3:PutObject", f"arn:aws:s3:::{LAKE}/curated/*"),
    ("s3:PutObject", f"arn:aws:s3:::{LAKE}/quarantine/*"),
    ("glue:GetDatabase", "*"),
    ("glue:CreateTable", "*"),
    ("cloudwatch:PutMetricData", "*"),
)


@dataclass
class Bench:
    """The backend under test; `clock` holds the time, ten of its seconds are a hundred on AWS."""

    backend: GlueBackend
    clock: list[float]
    role: str

    @property
    def state(self) -> GlueState:
        return state_of(self.backend)

    def allow(self, *, without: str = "") -> None:
        """Give the role what jobs need, except one action (`s3:PutObject`) or place (`curated`)."""
        from moto.iam.models import iam_backends

        statements = [
            {"Effect": "Allow", "Action": action, "Resource": resource}
            for action, resource in ALLOWED
            if not without or (without != action and without not in resource)
        ]
        made = iam_backends[ACCOUNT_ID]["aws"].get_role(self.role.rpartition("/")[2])
        made.put_policy("inline", json.dumps({"Statement": statements}))

    def job(
        self, name: str, *, retries: int = 0, timeout: int = 30, kind: str = "glueetl", concurrent: int = 1
    ) -> FakeJob:
        """Define a job."""
        self.backend.create_job(
            name=name,
            role=self.role,
            command={"Name": "glueetl", "ScriptLocation": f"s3://{LAKE}/scripts/job.py"},  # type: ignore[arg-type]
            description="",
            log_uri="",
            execution_property={"MaxConcurrentRuns": 1},
            default_arguments={
                "--curated_database": "curated",
                "--extra-py-files": f"s3://{LAKE}/scripts/lib.zip",
                "--lake_bucket": LAKE,
                "--metrics_namespace": "bench",
            },
            non_overridable_arguments={},
            connections={},
            max_retries=retries,
            allocated_capacity=0,
            timeout=timeout,
            max_capacity=0.0,
            security_configuration="",
            tags={},
            notification_property={},
            glue_version="5.0",
            number_of_workers=2,
            worker_type="G.1X",
            code_gen_configuration_nodes={},
            execution_class="",
            source_control_details={},
        )
        return self.backend.get_job(name)

    def start(self, name: str) -> JobRun:
        return start_run(self.backend, self.backend.get_job(name), RunOrder({}, {}))

    def newest(self, name: str) -> JobRun:
        return self.state.runs[name][-1]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    from moto.iam.models import iam_backends
    from moto.s3.models import s3_backends

    clock = [1_000_000.0]
    monkeypatch.setattr(pace, "now", lambda: clock[0])
    monkeypatch.setattr(pace, "_speed", 10.0)
    iam, s3 = iam_backends[ACCOUNT_ID]["aws"], s3_backends[ACCOUNT_ID]["aws"]
    glue = {"Service": "glue.amazonaws.com"}
    trust = {"Statement": {"Effect": "Allow", "Principal": glue, "Action": "sts:AssumeRole"}}
    role = iam.create_role(f"glue-bench-{secrets.token_hex(4)}", json.dumps(trust), "/", None, "", [], "3600")
    s3.create_bucket(LAKE, REGION)
    for key in ("scripts/job.py", "scripts/lib.zip"):
        s3.put_object(LAKE, key, b"x")
    made = Bench(GlueBackend(REGION, ACCOUNT_ID), clock, str(role.arn))
    made.allow()
    yield made
    s3.buckets.pop(LAKE)
    s3_backends.bucket_accounts.pop(LAKE)
