"""`agent` on a rehearsal: the pretend agent is asked, activated, looked at, replaced and adopted, by its schemas."""

import json
import re
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faults import CloudControl
from tests.cli.command import Done, call

pytestmark = pytest.mark.slow

KEY = re.compile(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){4}")


class Desk:
    """A home with its rehearsal cloud, and the command line in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.control = CloudControl(RehearsalCloud(home))

    def agent(self, *words: str, stdin: str = "", **extra: str) -> Done:
        return call(self.home, "agent", *words, "--env", "rehearsal", stdin=stdin, **extra)

    def document(self, *words: str, code: int = 0, **extra: str) -> dict:
        done = self.agent(*words, "--json", **extra)
        assert done.code == code, done.err
        return done.document()

    def remembered(self) -> list[str]:
        shown = call(self.home, "env", "show", "rehearsal", "--json").document()
        return shown["tfvars"]["datasync_agent_arns"]


@pytest.fixture
def desk(own_cloud: RehearsalCloud, tmp_path: Path) -> Desk:
    own_cloud.ensure()
    return Desk(tmp_path / "own-home")


def test_the_life_of_an_agent_from_its_key_to_its_replacement(desk: Desk) -> None:
    assert desk.document("status", code=3)["agents"] == []
    assert desk.document("fetch-key")["key"] is None
    quiet = desk.agent("fetch-key")
    assert not KEY.search(quiet.out + quiet.err), "a key is printed only where it was asked for"
    assert KEY.fullmatch(desk.agent("fetch-key", "--show").out.strip())

    activated = desk.agent("activate", "--json")
    made = activated.document()["agents"]
    assert f"+ {made[0]['arn']}" in activated.err, "what is written into the environment is shown"
    assert [each["name"] for each in made] == ["autocorp-rehearsal-agent"]
    assert made[0]["status"] == "ONLINE"
    assert desk.remembered() == [made[0]["arn"]]
    assert desk.document("activate")["agents"][0]["arn"] == made[0]["arn"], "nothing is made twice"
    assert desk.document("fetch-key", code=3)["error"]["code"] == "AGENT-CLOSED"
    assert desk.document("status")["agents"][0]["status"] == "ONLINE"

    closed = desk.agent("replace", "--yes")
    assert (closed.code, "AGENT-CLOSED" in closed.err) == (3, True)
    desk.control.fresh_agent()
    replaced = desk.document("replace", "--yes")
    assert replaced["deleted"] == [made[0]["arn"]]
    (new,) = replaced["agents"]
    assert (new["name"], new["status"]) == ("autocorp-rehearsal-agent", "ONLINE")
    assert desk.remembered() == [new["arn"]]

    adopted = desk.document("adopt", new["arn"])
    assert adopted["agents"][0]["arn"] == new["arn"]
    assert call(desk.home, "rehearse", "--reset").code == 0
    # It was chosen by hand, so it stays an answer, and is said to be gone.
    lost = desk.document("status", code=3)
    assert (lost["agents"], lost["missing"]) == ([], [new["arn"]])


def test_a_key_is_handed_in_without_being_shown_and_a_bad_one_is_refused(desk: Desk) -> None:
    key = desk.document("fetch-key", "--show")["key"]
    refused = desk.agent("activate", "--stdin", stdin="AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n")
    assert (refused.code, "AGENT-REFUSED" in refused.err) == (3, True)
    assert "AAAAA-BBBBB" not in refused.out + refused.err
    assert desk.agent("activate", "--stdin", stdin="no key\n").code == 2
    done = desk.agent("activate", "--from-env", "AGENT_KEY", "--json", AGENT_KEY=key)
    assert done.code == 0, done.err
    assert key not in done.out + done.err
    arn = json.loads(done.out)["agents"][0]["arn"]
    assert desk.remembered() == [arn]
    again = desk.agent("adopt", arn.replace("us-east-1", "eu-west-1"))
    assert (again.code, "AGENT-ELSEWHERE" in again.err) == (2, True)
    unknown = desk.agent("adopt", arn[:-5] + "abcde")
    assert (unknown.code, "AGENT-UNKNOWN" in unknown.err) == (3, True)
    for path in desk.home.rglob("*"):
        # The cloud itself must know its keys; nothing of the wizard's may.
        if path.is_file() and "rehearsal" not in path.relative_to(desk.home).parts[:1]:
            assert key.encode() not in path.read_bytes(), path


def test_on_aws_the_three_ways_to_an_agent_are_named_before_any_is_tried(tmp_path: Path) -> None:
    call(tmp_path, "env", "new", "dev", "--set", "account_id=123456789012", "--yes")
    done = call(tmp_path, "agent", "adopt", "arn:aws:s3:::bucket", "--env", "dev", "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == "ANSWER-REFUSED"
