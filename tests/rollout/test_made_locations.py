"""The wizard's own SMB locations go with their tasks; what somebody else made stays."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from autocorp_wizard.rollout import made_locations
from autocorp_wizard.rollout.made_locations import delete_made_locations, made_by_wizard
from tests.rollout.staging import Answer, context, missing

OURS, THEIRS = "arn:smb:location/loc-1", "arn:efs:location/loc-2"


class Environment:
    """As much of an environment as is looked at."""

    name = "rehearsal"

    def __init__(self, arns: object) -> None:
        self.variables = {
            "datasync_smb_sources": {"customers": {"server_hostname": "nas"}},
            "datasync_source_location_arns": arns,
        }

    def with_answers(self, changes: Mapping[str, object]) -> "Environment":
        """With the ARNs changed."""
        return Environment(changes["datasync_source_location_arns"])


@pytest.mark.parametrize("gone", [False, True])
def test_ours_are_deleted_once_and_theirs_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, gone: bool
) -> None:
    environment = Environment({"customers": OURS, "parts": THEIRS})
    deleted: list[object] = []

    def cloud(operation: str, parameters: Mapping[str, object]) -> Answer:
        assert operation == "delete_location"
        deleted.append(parameters["LocationArn"])
        return missing("the location") if gone else {}

    ctx, _, _ = context(tmp_path, cloud=cloud, environment=environment)  # type: ignore[arg-type]
    kept: list[Environment] = []
    monkeypatch.setattr(made_locations.Context, "remember_environment", lambda _, after: kept.append(after))
    delete_made_locations(ctx)
    assert deleted == [OURS]
    assert kept[0].variables["datasync_source_location_arns"] == {"parts": THEIRS}


def test_without_shares_there_are_none_of_ours() -> None:
    class Plain:
        variables: Mapping[str, object] = {"datasync_source_location_arns": {"parts": THEIRS}}

    assert made_by_wizard(Plain()) == {}  # type: ignore[arg-type]
