"""What a client needs to talk to the rehearsal cloud, and nothing of the operator's own AWS configuration."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Nobody mistakes it for a real account, and no leading zero is lost where something reads it as a number.
ACCOUNT_ID: Final = "999999999999"
# The account that owns what "somebody else" owns in a rehearsal.
FOREIGN_ACCOUNT_ID: Final = "888888888888"
REGION: Final = "us-east-1"
# The identity behind the throw-away key pair, as STS and bucket policies see it.
OPERATOR_ARN: Final = f"arn:aws:iam::{ACCOUNT_ID}:user/rehearsal"

_BESIDES_AWS: Final = ("NO_PROXY", "no_proxy")


@dataclass(frozen=True, slots=True)
class CloudAddress:
    """A running rehearsal cloud. `truststore` is the CA again, as PKCS12 for Java (password `changeit`)."""

    endpoint_url: str
    region: str
    account_id: str
    access_key_id: str
    secret_access_key: str
    ca_bundle: Path
    truststore: Path
    config_file: Path
    credentials_file: Path
    pid: int

    def environment(self) -> dict[str, str]:
        """Return the variables that lead any AWS SDK, Terraform's backend and provider to this cloud alone.

        Whoever starts a process adds them to an environment without other AWS_* variables (`beside` does).
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(self.config_file),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials_file),
        }

    def beside(self, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return `environ` (the process's own by default) with every AWS_* variable replaced by ours.

        The loopback address joins NO_PROXY, because not every SDK leaves it out by itself.
        """
        base = dict(os.environ if environ is None else environ)
        kept = {name: value for name, value in base.items() if not name.upper().startswith("AWS_")}
        for name in _BESIDES_AWS:
            kept[name] = ",".join(filter(None, (base.get(name), "127.0.0.1,localhost")))
        return kept | self.environment()
