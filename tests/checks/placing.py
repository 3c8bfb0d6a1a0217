"""A place whose cloud gives prepared answers; botocore's models judge each of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autocorp_wizard.checks.place import Place
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.statefile import RemoteState, StateResource
from tests.operate.modelled import ACCOUNT, NOW, ModelledCloud, Prepared

IDENTITY: Mapping[str, Prepared] = {
    "sts:GetCallerIdentity": {
        "Account": ACCOUNT,
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/ann",
        "UserId": "AROA:ann",
    }
}
GIVEN: dict[str, Any] = {
    "cloud": "aws",
    "account_id": ACCOUNT,
    "region": "eu-central-1",
    "dms_engine_version": "3.5.4",
    "postgres_host": "10.20.0.5",
    "postgres_cidr_blocks": ["10.20.0.0/16"],
}


def state_of(outputs: Mapping[str, Any] | None = None, **resources: Mapping[str, str]) -> RemoteState:
    """A state with outputs and one resource of each type."""
    found = tuple(StateResource(f"module.x.{kind}.this", kind, attributes) for kind, attributes in resources.items())
    return RemoteState(1, "l", "1.11.4", found, dict(outputs or {}))


def place(
    answers: Mapping[str, Prepared] | None = None,
    *,
    given: Mapping[str, Any] | None = None,
    state: RemoteState | None = None,
    root: Path = Path("/nowhere"),
    **more: Any,
) -> Place:
    """The environment dev, on such a cloud."""
    cloud = ModelledCloud({**IDENTITY, **(answers or {})})

    def reader() -> RemoteState | None:
        return state

    fixed: dict[str, Any] = {"home": root, "tree": root, "cache": root, "now": lambda: NOW, "state": reader}
    return Place(Environment("dev", {**GIVEN, **(given or {})}), lambda: cloud, **{**fixed, **more})
