"""Secrets Manager: a name in its recovery window is refused as AWS refuses it, so that restoring can be offered."""

import moto.secretsmanager.urls
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.responses import SecretsManagerResponse


class RehearsalSecretsManager(SecretsManagerResponse):
    """The stock service says that such a secret exists, which would lead people to look for it."""

    def create_secret(self) -> str:
        """Create a secret unless its name waits for its deletion."""
        found = self.backend.secrets.get(self._get_param("Name"))
        if found is not None and found.is_deleted():
            raise InvalidRequestException(
                "You can't create this secret because a secret with this name is already scheduled for deletion."
            )
        return super().create_secret()


def install() -> None:
    """Put the extended service in the stock one's place."""
    paths = moto.secretsmanager.urls.url_paths
    for path in paths:
        paths[path] = RehearsalSecretsManager.dispatch
