"""Every job ends green before phase glue counts as done, and what failed says so in Glue's words."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.errors import InterruptedByUser, WizardError
from autocorp_wizard.core.proofs import Proven
from autocorp_wizard.rehearsal.address import CloudAddress
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.job_runs import first_job_runs
from tests.rehearsal.test_services_glue import lake, role

__all__ = ["lake", "role"]
pytestmark = pytest.mark.slow


@dataclass
class Note:
    text: str = ""


@dataclass
class FakeContext:
    """As much of a run's surroundings as the follow-up looks at, on a real rehearsal cloud."""

    access: CloudAccess
    outputs: dict[str, object]
    said: list[str] = field(default_factory=list)
    note: Note = field(default_factory=Note)
    stop: bool = False
    is_rehearsal: bool = True

    @property
    def environment(self) -> "FakeContext":
        return self

    @property
    def recorder(self) -> "FakeContext":
        return self

    @property
    def state_store(self) -> "FakeContext":
        return self

    def read(self) -> "FakeContext":
        return self

    def say(self, text: str) -> None:
        self.said.append(text)

    def stop_if_wished(self) -> None:
        if self.stop:
            raise InterruptedByUser("RUN-CANCELLED", "Stopped.")

    @contextmanager
    def step(self, name: str, sentence: str) -> Iterator[Note]:
        assert name == "first-job-runs"
        assert sentence
        yield self.note


@dataclass
class Lake:
    """Three jobs on the session's cloud."""

    context: FakeContext
    names: dict[str, str]
    bucket: str
    role: str

    def prove(self):
        return first_job_runs(cast("Context", self.context))

    def runs(self, key: str) -> int:
        answer = self.context.access.call("glue", "get_job_runs", JobName=self.names[key])
        return len(cast("list[object]", answer["JobRuns"]))


@pytest.fixture
def jobs(cloud: CloudAddress, unique: Callable[[str], str], role: str, lake: str) -> Lake:
    access = CloudAccess(cloud.environment(), cloud.region, cloud.account_id)
    names = {key: unique(key) for key in ("customers", "service", "refresh_all")}
    for name in names.values():
        _define(access, "create_job", {"Name": name}, role, lake)
    outputs: dict[str, object] = {
        "glue_job_names": {key: name for key, name in names.items() if key != "refresh_all"},
        "glue_refresh_job_name": names["refresh_all"],
    }
    return Lake(FakeContext(access, outputs), names, lake, role)


def _define(access: CloudAccess, operation: str, head: dict[str, object], role: str, lake: str, **more: object) -> None:
    command = {"Name": "glueetl", "ScriptLocation": f"s3://{lake}/scripts/job.py"}
    body = {"Role": role, "Command": command, "DefaultArguments": {"--lake_bucket": lake}, "GlueVersion": "5.0"} | more
    access.call("glue", operation, **head, **({"JobUpdate": body} if operation == "update_job" else body))


async def test_every_job_is_run_once_and_rerunning_starts_nothing(jobs: Lake) -> None:
    proof = await jobs.prove()
    assert (proof.subject, proof.proven) == ("first-job-runs", Proven.PROVEN)
    assert proof.sentence == "Every Glue job ended green: 3 jobs, 3 of them run now."
    assert proof.details[:-1] == tuple(f"{key}: green in 75 s" for key in ("customers", "service", "refresh_all"))
    assert proof.details[-1].startswith("tables in the catalog: not proven here")
    assert jobs.context.note.text == "3 green, 3 of them run now"
    again = await jobs.prove()
    assert again.sentence == "Every Glue job ended green: 3 jobs, 0 of them run now."
    assert again.details == proof.details
    assert {key: jobs.runs(key) for key in jobs.names} == dict.fromkeys(jobs.names, 1)


async def test_a_changed_job_is_proven_anew_and_the_others_are_not(jobs: Lake) -> None:
    await jobs.prove()
    _define(jobs.context.access, "update_job", {"JobName": jobs.names["service"]}, jobs.role, jobs.bucket, Timeout=40)
    proof = await jobs.prove()
    assert proof.sentence == "Every Glue job ended green: 3 jobs, 1 of them run now."
    assert {key: jobs.runs(key) for key in jobs.names} == {"customers": 1, "service": 2, "refresh_all": 1}


async def test_a_run_that_is_going_already_is_waited_for(jobs: Lake) -> None:
    jobs.context.access.call("glue", "start_job_run", JobName=jobs.names["customers"])
    await jobs.prove()
    assert jobs.runs("customers") == 1


async def test_a_missing_permission_fails_with_glues_words_and_what_to_do(jobs: Lake) -> None:
    policy = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "glue:*"], "Resource": "*"}
    jobs.context.access.client("iam").put_role_policy(
        RoleName=jobs.role.rpartition("/")[2],
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": policy}),
    )
    with pytest.raises(WizardError) as caught:
        await jobs.prove()
    error = caught.value
    assert error.code == "GLUE-RUN-FAILED"
    assert error.what.startswith("2 jobs failed: ")
    assert "is not authorized to perform: s3:PutObject" in error.why
    assert "apply glue mends it" in error.next_step
    assert jobs.runs("refresh_all") == 0, "what builds on the others is not started"


async def test_a_missing_script_is_told_apart(jobs: Lake) -> None:
    jobs.context.access.client("s3").delete_object(Bucket=jobs.bucket, Key="scripts/job.py")
    with pytest.raises(WizardError) as caught:
        await jobs.prove()
    assert "apply glue uploads it again" in caught.value.next_step


async def test_a_state_without_jobs_and_a_wish_to_stop_end_it(jobs: Lake) -> None:
    jobs.context.stop = True
    with pytest.raises(InterruptedByUser):
        await jobs.prove()
    jobs.context.outputs.clear()
    with pytest.raises(WizardError, match="names no Glue jobs"):
        await jobs.prove()
