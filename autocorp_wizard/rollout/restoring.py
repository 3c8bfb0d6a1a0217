"""What an earlier destroy left in its waiting period and the next apply needs: brought back, and handed to Terraform.

A secret's name stays taken while it waits for its deletion, so without this the next apply would fail.
"""

from collections.abc import Callable
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.imports import Import
from autocorp_wizard.core.leftovers import HasNames, Names

SECRET_ADDRESS: Final = "module.secrets.aws_secretsmanager_secret.postgres"  # noqa: S105  (an address)
KEY_ADDRESS: Final = "module.kms.aws_kms_key.lake"


def restore_deleted(environment: HasNames, access: CloudAccess, say: Callable[[str], None]) -> tuple[Import, ...]:
    """Restore the environment's secret where it waits for its deletion, together with the key that encrypts it.

    Returns what the next plan must import; nothing where there is nothing to restore. Raises what AWS refuses.
    """
    names = Names.of(environment)
    try:
        secret = access.call("secretsmanager", "describe_secret", SecretId=names.secret)
    except CloudError as error:
        if error.is_missing:
            return ()
        raise
    if not secret.get("DeletedDate"):
        return ()
    arn = str(secret["ARN"])
    imports = [*_restore_key(access, names, str(secret.get("KmsKeyId") or ""), say), Import(SECRET_ADDRESS, arn)]
    access.call("secretsmanager", "restore_secret", SecretId=arn)
    say(f"The secret {names.secret} was waiting for its deletion; it is restored and taken over by this plan.")
    return tuple(imports)


def _restore_key(access: CloudAccess, names: Names, key: str, say: Callable[[str], None]) -> list[Import]:
    """Without its key the secret cannot be read, nor encrypted with another one."""
    if not key:
        return []
    try:
        data = cast("dict[str, object]", access.call("kms", "describe_key", KeyId=key)["KeyMetadata"])
        if data.get("KeyState") != "PendingDeletion":
            return []
        tags = cast("list[dict[str, str]]", access.call("kms", "list_resource_tags", KeyId=key).get("Tags") or [])
    except CloudError as error:
        if error.is_missing:
            return []
        raise
    if not {tag["TagKey"]: tag["TagValue"] for tag in tags}.items() >= names.tags.items():
        return []
    key_id = str(data["KeyId"])
    access.call("kms", "cancel_key_deletion", KeyId=key_id)
    access.call("kms", "enable_key", KeyId=key_id)
    say(f"The key {key_id} was waiting for its deletion; it is restored with the secret that it encrypts.")
    return [Import(KEY_ADDRESS, key_id)]
