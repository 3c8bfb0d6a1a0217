"""The credentials part of the environment that Terraform's process gets.

Where a source can renew itself (a profile, a role, a container or web identity) Terraform is led to that source, so
that a long apply outlives a session; key pairs are handed over only where they are all that exists.
"""

import os
import shlex
import sys
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters.aws_session import Source
from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.errors import UsageError

ROLE_PROFILE: Final = "autocorp-wizard"
# The credential process finds the operator's own variables under this prefix: under their own names they would go
# before the profile in Terraform's SDK.
SOURCE_PREFIX: Final = "AUTOCORP_SOURCE_"

_PLACES: Final = ("AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_RENEWING: Final = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
)


def variables_for_terraform(source: Source, private_dir: Path | None) -> dict[str, str]:
    """Return the AWS_* variables (and, for a role, the renamed ones of its source).

    Raises UsageError where a role needs a configuration file and no private directory was given.
    """
    if source.is_private:
        return dict(source.variables) | _region(source)
    chosen = _pick(source, _PLACES) | _endpoints(source) | _region(source) | {"AWS_SDK_LOAD_CONFIG": "1"}
    if source.role_arn:
        return chosen | _through_a_process(source, private_dir)
    if source.effective_profile:
        return chosen | {"AWS_PROFILE": source.effective_profile}
    if source.keys:
        return chosen | _pick(source, _KEYS)
    return chosen | _pick(source, _RENEWING)


def _region(source: Source) -> dict[str, str]:
    return {"AWS_REGION": source.region, "AWS_DEFAULT_REGION": source.region}


def _pick(source: Source, names: tuple[str, ...]) -> dict[str, str]:
    return {name: source.variables[name] for name in names if source.variables.get(name)}


def _endpoints(source: Source) -> dict[str, str]:
    # The same ones that our own clients go to: Terraform must not talk to another cloud than the wizard does.
    return {name: value for name, value in source.variables.items() if name.startswith("AWS_ENDPOINT_URL")}


def _through_a_process(source: Source, private_dir: Path | None) -> dict[str, str]:
    if private_dir is None:
        raise UsageError(
            "ROLE-NO-HOME",
            "A role was named, but there is no private directory for Terraform's credential configuration.",
            next_step="Run the command with --home.",
        )
    words = [sys.executable, "-P", "-m", "autocorp_wizard.adapters.aws_credential_process"]
    words += ["--region", source.region, "--role-arn", source.role_arn]
    if source.effective_profile:
        words += ["--profile", source.effective_profile]
    path = private_dir / "aws-config"
    text = f"[profile {ROLE_PROFILE}]\nregion = {source.region}\ncredential_process = {shlex.join(words)}\n"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, text)
    handed = _pick(source, _PLACES) | _endpoints(source) | _pick(source, _RENEWING)
    if source.keys:
        handed |= _pick(source, _KEYS)
    renamed = {SOURCE_PREFIX + name: value for name, value in handed.items()}
    return renamed | {
        "AWS_PROFILE": ROLE_PROFILE,
        "AWS_CONFIG_FILE": str(path),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
