"""DataSync locations of SMB shares, made through the API so that their password reaches no plan and no state.

Terraform gets their ARNs as `datasync_source_location_arns`; a destroy deletes what was made here.
"""

from collections.abc import Mapping
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json
from autocorp_wizard.rollout.agent_status import known_arns

_ARNS: Final = "datasync_source_location_arns"
_MANAGER: Final = "autocorp-wizard"


def check(environment: Environment) -> None:
    """Raise UsageError where no SMB share is answered, or where no agent could read one."""
    if not shares(environment):
        raise UsageError(
            "SMB-NONE",
            f"{environment.name} names no SMB share.",
            next_step="Name one first, for example: autocorp-wizard env edit --set "
            '\'datasync_smb_sources={"parts": {"server_hostname": "files.example.com", '
            '"subdirectory": "/exports/", "user": "datasync"}}\'',
        )
    if not known_arns(environment):
        raise UsageError(
            "SMB-AGENT",
            f"{environment.name} has no DataSync agent yet.",
            why="An SMB share is read by an agent.",
            next_step=f"First: autocorp-wizard agent activate --env {environment.name}",
        )


def shares(environment: Environment) -> dict[str, Mapping[str, Json]]:
    """Return the answered SMB shares by export."""
    value = environment.answers["datasync_smb_sources"].value
    return {name: share for name, share in value.items() if isinstance(share, dict)} if isinstance(value, dict) else {}


def write(environment: Environment, access: CloudAccess, password: str) -> dict[str, str]:
    """Make the location of each share, or change the one that is there; returns ARNs by export. Raises CloudError."""
    present = _present(environment, access)
    return {
        export: _change(access, present[export], share, environment, password)
        if export in present
        else _make(access, export, share, environment, password)
        for export, share in shares(environment).items()
    }


def remember(environment: Environment, locations: Mapping[str, str]) -> Environment:
    """Return the environment with these ARNs written down beside those that others made."""
    known = cast("dict[str, Json]", environment.answers[_ARNS].value or {})
    return environment.with_answers({_ARNS: {**known, **locations}}, [_ARNS])


def delete(environment: Environment, access: CloudAccess) -> tuple[Environment, tuple[str, ...]]:
    """Delete the locations that were made here; returns the environment without them, and their ARNs."""
    if not shares(environment):
        return environment, ()
    present = _present(environment, access)
    for arn in present.values():
        access.call("datasync", "delete_location", LocationArn=arn)
    known = cast("dict[str, Json]", environment.answers[_ARNS].value or {})
    left = {export: arn for export, arn in known.items() if arn not in present.values()}
    if left == known:
        return environment, tuple(present.values())
    return environment.with_answers({_ARNS: left or None}), tuple(present.values())


def _name(environment: Environment, export: str) -> str:
    return f"{environment.project_name}-{environment.name}-{export}-source"


def _present(environment: Environment, access: CloudAccess) -> dict[str, str]:
    """Find the locations by their Name tag, so that a try that was cut short is found as well."""
    wanted = {_name(environment, export): export for export in shares(environment)}
    found: dict[str, str] = {}
    for page in access.pages("datasync", "list_locations"):
        for entry in cast("list[dict[str, object]]", page.get("Locations") or []):
            if not str(entry["LocationUri"]).startswith("smb://"):
                continue
            arn = str(entry["LocationArn"])
            name = _tags(access, arn).get("Name", "")
            if name in wanted:
                found[wanted[name]] = arn
    return found


def _tags(access: CloudAccess, arn: str) -> dict[str, str]:
    try:
        answer = access.call("datasync", "list_tags_for_resource", ResourceArn=arn)
    except CloudError as error:
        if error.is_missing:
            return {}
        raise
    return {str(tag["Key"]): str(tag["Value"]) for tag in cast("list[dict[str, object]]", answer.get("Tags") or [])}


def _make(access: CloudAccess, export: str, share: Mapping[str, Json], environment: Environment, password: str) -> str:
    tags = {
        **cast("Mapping[str, str]", environment.answers["tags"].value or {}),
        "Name": _name(environment, export),
        "Project": environment.project_name,
        "Environment": environment.name,
        "ManagedBy": _MANAGER,
    }
    answer = access.call(
        "datasync",
        "create_location_smb",
        **_parameters(share, environment, password),
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    return str(answer["LocationArn"])


def _change(access: CloudAccess, arn: str, share: Mapping[str, Json], environment: Environment, password: str) -> str:
    access.call("datasync", "update_location_smb", LocationArn=arn, **_parameters(share, environment, password))
    return arn


def _parameters(share: Mapping[str, Json], environment: Environment, password: str) -> dict[str, object]:
    given: dict[str, object] = {
        "ServerHostname": share["server_hostname"],
        "Subdirectory": share["subdirectory"],
        "User": share["user"],
        "Password": password,
        "AgentArns": list(known_arns(environment)),
        "MountOptions": {"Version": share.get("version", "AUTOMATIC")},
    }
    return given | ({"Domain": share["domain"]} if share.get("domain") else {})
