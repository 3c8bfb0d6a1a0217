"""`python -m autocorp_wizard.adapters.aws_credential_process`: assume a role and print its session for an AWS SDK.

Terraform's SDK runs it whenever the session is about to end. Where the identity comes from is read from variables
(never from arguments, apart from names).
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence

from autocorp_wizard.adapters.aws_errors import explain, is_cloud_exception
from autocorp_wizard.adapters.aws_session import Source, open_session
from autocorp_wizard.adapters.aws_terraform import SOURCE_PREFIX


def credential_document(source: Source) -> dict[str, str | int]:
    """Return what the SDKs' `credential_process` contract asks for (version 1). Raises botocore's errors."""
    credentials = open_session(source).get_credentials()
    if credentials is None:
        raise LookupError("the identity has no credentials")
    frozen = credentials.get_frozen_credentials()
    document: dict[str, str | int] = {
        "Version": 1,
        "AccessKeyId": frozen.access_key or "",
        "SecretAccessKey": frozen.secret_key or "",
    }
    if frozen.token:
        document["SessionToken"] = frozen.token
    expiry = getattr(credentials, "_expiry_time", None)
    if expiry is not None:
        document["Expiration"] = expiry.isoformat()
    return document


def source_from(arguments: Sequence[str], environ: Mapping[str, str]) -> Source:
    """Return the identity that the arguments name, with the renamed variables under their own names again."""
    parser = argparse.ArgumentParser(prog="aws_credential_process")
    parser.add_argument("--region", required=True)
    parser.add_argument("--role-arn", required=True)
    parser.add_argument("--profile", default="")
    chosen = parser.parse_args(arguments)
    variables = {k.removeprefix(SOURCE_PREFIX): v for k, v in environ.items() if k.startswith(SOURCE_PREFIX)}
    return Source(variables, chosen.region, chosen.profile, chosen.role_arn, ambient=True)


def main() -> int:
    """Print the document; on failure a sentence on stderr, which the SDK repeats, and exit code 1."""
    source = source_from(sys.argv[1:], os.environ)
    # What AWS's own chain reads from the process must be the source again, not the configuration made for Terraform.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(source.variables)
    try:
        sys.stdout.write(json.dumps(credential_document(source)))
    except Exception as error:
        if not is_cloud_exception(error) and not isinstance(error, LookupError):
            raise
        sys.stderr.write(str(explain(error, service="sts", who=source.who)) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
