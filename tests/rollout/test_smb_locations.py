"""SMB shares: locations made through the API with a password that is kept nowhere, found again, deleted again."""

import json
from pathlib import Path

import pytest

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.rehearsal.source_exports import SHARE_HOST, SHARE_PATH
from autocorp_wizard.rollout import smb_locations
from tests.cli.command import call
from tests.rehearsal.datasync_bench import Bench

PASSWORD = "planted-smb-91c2"
SHARE = {"parts": {"server_hostname": SHARE_HOST, "subdirectory": SHARE_PATH, "user": "reader", "domain": "CORP"}}


def test_shares_and_an_agent_come_first() -> None:
    environment = Environment("dev", {"cloud": "rehearsal"})
    with pytest.raises(UsageError, match="names no SMB share"):
        smb_locations.check(environment)
    with pytest.raises(UsageError, match="no DataSync agent"):
        smb_locations.check(environment.with_answers({"datasync_smb_sources": SHARE}))


@pytest.mark.slow
def test_a_location_is_made_once_changed_afterwards_and_transfers(bench: Bench, tmp_path: Path) -> None:
    home = tmp_path / "own-home"
    share = f"datasync_smb_sources={json.dumps(SHARE)}"
    assert call(home, "env", "new", "dev", "--set", "cloud=rehearsal", "--set", share).code == 0
    early = call(home, "secret", "set", "--for", "smb", "--env", "dev", "--stdin", stdin=PASSWORD)
    assert (early.code, "SMB-AGENT" in early.err) == (2, True)
    assert call(home, "agent", "activate", "--env", "dev").code == 0

    done = call(home, "secret", "set", "--for", "smb", "--env", "dev", "--stdin", "--json", stdin=PASSWORD)
    assert done.code == 0, done.err
    arn = done.document()["locations"]["parts"]
    shown = bench.datasync.describe_location_smb(LocationArn=arn)
    assert (shown["User"], shown["Domain"]) == ("reader", "CORP")
    again = call(home, "secret", "set", "--for", "smb", "--env", "dev", "--from-env", "SMB", "--json", SMB=PASSWORD)
    assert again.document()["locations"] == {"parts": arn}
    tfvars = call(home, "env", "show", "dev", "--json").document()["tfvars"]
    assert tfvars["datasync_source_location_arns"] == {"parts": arn}

    task = bench.datasync.create_task(
        SourceLocationArn=arn,
        DestinationLocationArn=bench.bucket("parts"),
        Includes=[{"FilterType": "SIMPLE_PATTERN", "Value": "/sales_order_parts.csv"}],
    )["TaskArn"]
    from tests.rehearsal.datasync_bench import until

    until(lambda: bench.datasync.describe_task(TaskArn=task), lambda found: found["Status"] == "AVAILABLE")
    assert bench.ended(bench.start(task))["FilesTransferred"] == 1
    bench.datasync.delete_task(TaskArn=task)

    from autocorp_wizard.adapters.environment_store import EnvironmentStore
    from autocorp_wizard.adapters.home import Home
    from autocorp_wizard.rollout.access import access_for

    environment = EnvironmentStore(Home(home)).load("dev")
    left, gone = smb_locations.delete(environment, access_for(environment, Home(home), print))
    assert gone == (arn,)
    assert left.answers["datasync_source_location_arns"].value == {}
    bench.control.save()
    for path in home.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), path
