"""An agent that is online and a transfer that is verified: proven on a rehearsal, with what can stand in the way."""

import asyncio
import time
from pathlib import Path

import pytest

from autocorp_wizard.adapters.datasync_agent import ActivationKey, fetch_key
from autocorp_wizard.adapters.environment_store import EnvironmentStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.run_store import RunStore
from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.proofs import Proven
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faults import CloudControl
from autocorp_wizard.rollout import agent_status
from autocorp_wizard.rollout.agent import Agency, activate, ensure_agent, have_agents
from autocorp_wizard.rollout.agent_key import fresh_key
from autocorp_wizard.rollout.context import Context, Shared
from autocorp_wizard.rollout.recorder import Discretion, Recorder
from autocorp_wizard.rollout.share import built_in_share
from autocorp_wizard.rollout.transfers import first_transfer
from tests.rehearsal.datasync_bench import Bench

pytestmark = pytest.mark.slow


class Desk:
    """A run of an environment on a cloud of its own, as a follow-up of a stage sees it."""

    def __init__(self, cloud: RehearsalCloud, home: Path, bench: Bench) -> None:
        self.cloud = cloud
        self.control = CloudControl(cloud)
        self.bench = bench
        self.home = Home(home)
        self.home.make()
        EnvironmentStore(self.home).save(rehearsal_environment(Preset.DEV))
        self.ctx = self.run()

    def run(self) -> Context:
        request = Request(operation=Operation.APPLY, environment="rehearsal")
        recorder = Recorder(RunStore(self.home.runs).create(request), Discretion())
        return Context(self.home, request, recorder, {}, Shared(self.home, request, recorder))

    @property
    def environment(self) -> Environment:
        return EnvironmentStore(self.home).load("rehearsal")

    def journal(self) -> str:
        return self.ctx.files.journal.read_text()


@pytest.fixture
def desk(own_cloud: RehearsalCloud, tmp_path: Path, bench: Bench) -> Desk:
    return Desk(own_cloud, tmp_path / "own-home", bench)


def code_of(work: object) -> str:
    with pytest.raises(WizardError) as caught:
        asyncio.run(work)  # type: ignore[arg-type]
    return caught.value.code


def test_an_agent_is_activated_once_and_found_again(desk: Desk) -> None:
    proof = asyncio.run(ensure_agent(desk.ctx))
    assert (proof.subject, proof.proven) == ("agent", Proven.PROVEN)
    (arn,) = agent_status.known_arns(desk.environment)
    assert arn in proof.details[0]
    assert desk.bench.datasync.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert "datasync_agent_arns" in desk.environment.detected

    assert asyncio.run(ensure_agent(desk.run())).details[0].endswith(arn)
    # Lost with its environment file, it is found by its name.
    desk.ctx.remember_environment(desk.environment.with_answers({"datasync_agent_arns": None}))
    asyncio.run(ensure_agent(desk.ctx))
    assert agent_status.known_arns(desk.environment) == (arn,)
    assert len(desk.bench.datasync.list_agents()["Agents"]) == 1


def test_no_key_reaches_the_journal(desk: Desk) -> None:
    keys: list[str] = []
    agency = Agency.of(desk.ctx)
    watched = Agency(
        agency.environment, agency.access, agency.home, agency.say, lambda key: (keys.append(key), agency.learn(key))[0]
    )
    asyncio.run(activate(watched))
    (key,) = keys
    desk.ctx.say(f"the key is {key}")
    assert key not in desk.journal()
    assert "the key is ***" in desk.journal()


def test_a_key_that_is_too_old_is_not_tried_and_a_new_one_is_asked_for(desk: Desk) -> None:
    desk.ctx.access  # noqa: B018  (starts nothing more: the cloud runs)
    old = ActivationKey(fetch_key(desk.cloud.agent_address(), "us-east-1").key, time.time() - 26 * 60)
    agency = Agency.of(desk.ctx)
    key = asyncio.run(fresh_key(agency.environment, agency.home, agent_key_endpoint(agency), agency.learn, old))
    assert key.key != old.key
    assert asyncio.run(have_agents(agency, old))[0].is_online


def agent_key_endpoint(agency: Agency):
    from autocorp_wizard.rollout.agent_key import endpoint_of

    return endpoint_of(agency.environment, agency.access)


def test_a_key_that_expired_at_the_agent_is_refused_in_a_sentence(desk: Desk) -> None:
    key = fetch_key(desk.cloud.agent_address(), "us-east-1")
    desk.control.set_agent(key_age_seconds=31 * 60)
    assert code_of(activate(Agency.of(desk.ctx), key)) == "AGENT-REFUSED"
    desk.control.set_agent(key_region="eu-west-1")
    assert code_of(activate(Agency.of(desk.ctx))) == "AGENT-REFUSED"


def test_an_agent_that_is_off_is_waited_for_and_then_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(ensure_agent(desk.ctx))
    desk.control.unplug_agent()
    desk.bench.until_agent_is("OFFLINE", agent_status.known_arns(desk.environment)[0])
    monkeypatch.setattr(agent_status, "_REHEARSAL_PATIENCE_SECONDS", 0.5)
    assert code_of(ensure_agent(desk.run())) == "AGENT-OFFLINE"
    desk.control.plug_agent()
    assert asyncio.run(ensure_agent(desk.run())).proven is Proven.PROVEN


def test_an_agent_that_the_wizard_found_is_replaced_when_it_is_gone_and_one_that_was_chosen_is_not(desk: Desk) -> None:
    asyncio.run(ensure_agent(desk.ctx))
    (arn,) = agent_status.known_arns(desk.environment)
    desk.bench.datasync.delete_agent(AgentArn=arn)
    asyncio.run(ensure_agent(desk.run()))
    (new,) = agent_status.known_arns(desk.environment)
    assert new != arn
    chosen = desk.run()
    chosen.remember_environment(desk.environment.with_answers({"datasync_agent_arns": [arn]}))
    assert code_of(ensure_agent(chosen)) == "AGENT-UNKNOWN"


def test_on_aws_without_an_address_the_three_ways_are_named(tmp_path: Path) -> None:
    environment = Environment("dev", {"cloud": "aws", "account_id": "123456789012"})
    from autocorp_wizard.rollout.agent_key import Endpoint

    with pytest.raises(WizardError) as caught:
        asyncio.run(fresh_key(environment, Home(tmp_path), Endpoint(), lambda _: None))
    assert caught.value.code == "AGENT-MISSING"
    for way in ("datasync_agent_address", "--stdin", "adopt ARN"):
        assert way in caught.value.next_step


def test_only_a_rehearsal_that_names_no_source_reads_the_pretend_share() -> None:
    rehearsal = rehearsal_environment(Preset.DEV)
    assert len(built_in_share(rehearsal)["datasync_nfs_sources"]) == 4  # type: ignore[arg-type]
    own = {"customers": {"server_hostname": "files.example.com", "subdirectory": "/exports/"}}
    assert built_in_share(rehearsal.with_answers({"datasync_nfs_sources": own})) == {}
    assert built_in_share(Environment("dev", {"cloud": "aws", "account_id": "123456789012"})) == {}


def put_outputs(desk: Desk, tasks: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    state = RemoteState(1, "l", "1.11", (), {"datasync_task_arns": dict(tasks)})
    monkeypatch.setattr(type(desk.ctx.state_store), "read", lambda self: state)


def test_each_export_is_transferred_once_and_an_earlier_success_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(ensure_agent(desk.ctx))
    (arn,) = agent_status.known_arns(desk.environment)
    tasks = {"customers": desk.bench.task(arn, "customers"), "parts": desk.bench.task(arn, "parts")}
    put_outputs(desk, tasks, monkeypatch)
    proof = asyncio.run(first_transfer(desk.ctx))
    assert proof.proven is Proven.PROVEN
    assert [row.split(":")[0] for row in proof.details] == ["customers", "parts"]
    assert all("1 files transferred" in row and "1 verified" in row for row in proof.details)

    again = asyncio.run(first_transfer(desk.run()))
    assert all("from an earlier run" in row for row in again.details)
    # A changed definition was not proven yet.
    desk.bench.datasync.update_task(TaskArn=tasks["parts"], Options={"BytesPerSecond": 1048576})
    changed = asyncio.run(first_transfer(desk.run()))
    assert ["earlier" in row for row in changed.details] == [True, False]
    assert "0 files transferred" in changed.details[1]


def test_a_transfer_that_fails_says_why_in_datasyncs_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(ensure_agent(desk.ctx))
    (arn,) = agent_status.known_arns(desk.environment)
    put_outputs(desk, {}, monkeypatch)
    assert code_of(first_transfer(desk.ctx)) == "TRANSFER-NONE"
    put_outputs(desk, {"parts": desk.bench.task(arn, "parts", host="files.example.com")}, monkeypatch)
    with pytest.raises(WizardError) as caught:
        asyncio.run(first_transfer(desk.run()))
    assert caught.value.code == "TRANSFER-FAILED"
    assert "MountFailed" in caught.value.what
    assert "files.example.com does not answer" in caught.value.why
    assert "datasync_nfs_sources" in caught.value.next_step
    put_outputs(desk, {"parts": desk.bench.task(arn, "parts", include="/nothing.csv")}, monkeypatch)
    assert code_of(first_transfer(desk.run())) == "TRANSFER-EMPTY"
