"""What an endpoint of DMS can really reach: the secret by its role, the source by that login, the bucket by its role.

Failures are worded as DMS words them, because what reads them later must read AWS's.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autocorp_wizard.rehearsal.bucketpolicy import PolicyRequest
from autocorp_wizard.rehearsal.bucketpolicy import denial as denied_by_bucket
from autocorp_wizard.rehearsal.permissions import denial, distrust
from autocorp_wizard.rehearsal.services import install
from autocorp_wizard.rehearsal.services.dms_store import RehearsalDms, Thing, structure, text

if TYPE_CHECKING:
    import psycopg

_TEST: Final = "Test Endpoint failed: Application-Status: 1020912, Application-Message: "
_CONNECT_SECONDS: Final = 5
_STATEMENT_MILLISECONDS: Final = 8_000
_SSL: Final = {"none": "disable", "require": "require", "verify-ca": "verify-ca", "verify-full": "verify-full"}


@dataclass(frozen=True, slots=True)
class Login:
    """What DMS knows of the source after it has read the secret."""

    host: str
    port: int
    database: str
    username: str
    ssl_mode: str
    password: str = field(repr=False)
    ca: str = field(default="", repr=False)


class UnreachableError(Exception):
    """An endpoint cannot be used; the message is DMS's, without the words of a connection test around it."""


def failure_of(backend: RehearsalDms, endpoint: Thing) -> str:
    """Try an endpoint and return DMS's message where it fails, nothing where it works."""
    try:
        if endpoint.document["EngineName"] == "s3":
            check_bucket(backend, endpoint)
        else:
            with connected(login_of(backend, endpoint)) as source:
                source.execute("SELECT 1")
    except UnreachableError as error:
        return f"{_TEST}{error}"
    return ""


def login_of(backend: RehearsalDms, endpoint: Thing) -> Login:
    """Read the endpoint's secret as its role. Raises UnreachableError."""
    settings = structure({"s": endpoint.document["PostgreSQLSettings"]}, "s")  # type: ignore[dict-item]
    secret_id, role = text(settings, "SecretsManagerSecretId"), text(settings, "SecretsManagerAccessRoleArn")
    database = text(settings, "DatabaseName")
    ssl_mode = str(endpoint.document["SslMode"])
    if not secret_id:
        document = endpoint.document
        raise UnreachableError(
            "Failed to connect Network error has occurred, Application-Detailed-Message: the rehearsal cloud knows "
            f"endpoints with a secret only, not the login of {document['EndpointIdentifier']}."
        )
    value = _secret(backend, endpoint, secret_id, role)
    missing = [name for name in ("host", "port", "username", "password") if name not in value]
    if missing:
        raise UnreachableError(
            "Failed to build connection string, Application-Detailed-Message: Failed to retrieve secret. "
            f"Missing key '{missing[0]}' in AWS Secrets Manager secret Arn '{secret_id}'"
        )
    certificate = str(endpoint.document.get("CertificateArn") or "")
    pem = str(backend.thing("cert", certificate).document["CertificatePem"]) if certificate else ""
    return Login(
        str(value["host"]),
        int(str(value["port"])),
        database or str(value.get("dbname", "")),
        str(value["username"]),
        ssl_mode,
        str(value["password"]),
        pem,
    )


def _secret(backend: RehearsalDms, endpoint: Thing, secret_id: str, role: str) -> Mapping[str, object]:
    install("secretsmanager")
    from moto.secretsmanager.models import secretsmanager_backends

    def unreadable(why: str) -> UnreachableError:
        return UnreachableError(
            "Failed to build connection string Unable to find Secrets Manager secret, Application-Detailed-Message: "
            f"Failed to retrieve secret. Unable to find AWS Secrets Manager secret Arn '{secret_id}' "
            f"The secrets_manager get secret value failed: {why}"
        )

    service = f"dms.{backend.region_name}.amazonaws.com"
    keeper = secretsmanager_backends[backend.account_id][backend.region_name]
    found = keeper.secrets.get(secret_id)
    refused = distrust(role, service, endpoint.arn)
    if refused is None and found is not None:
        refused = denial(role, "secretsmanager:GetSecretValue", found.arn)
    key_id = getattr(found, "kms_key_id", None)
    if refused is None and key_id:
        via = {"kms:viaservice": f"secretsmanager.{backend.region_name}.amazonaws.com"}
        refused = key_denial(backend, role, "kms:Decrypt", key_id, via)
    if refused:
        raise unreadable(refused)
    if found is None or found.is_deleted():
        raise unreadable("Secrets Manager can't find the specified secret.")
    current = next((v for v in (found.versions or {}).values() if "AWSCURRENT" in v["version_stages"]), None)
    if current is None or not current.get("secret_string"):
        raise unreadable("Secrets Manager can't find the specified secret value for staging label: AWSCURRENT")
    try:
        value = json.loads(current["secret_string"])
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise unreadable("The secret is not a JSON object.")
    return value


def key_denial(backend: RehearsalDms, role: str, action: str, key_id: str, conditions: Mapping[str, str]) -> str | None:
    """Return why a role may not use a key, whose alias policies may name; None where it may."""
    install("kms")
    from moto.kms.models import kms_backends

    keys = kms_backends[backend.account_id][backend.region_name]
    bare = key_id.rpartition("/")[2]
    if bare not in keys.keys:
        return f"The key {key_id} does not exist."
    aliases = sorted(keys.keys[bare].aliases) or [""]
    arn = keys.keys[bare].arn
    refusals = [denial(role, action, arn, {**conditions, "kms:resourcealiases": alias}) for alias in aliases]
    return None if None in refusals else refusals[0]


@contextmanager
def connected(login: Login) -> Iterator["psycopg.Connection"]:
    """Connect to the source as DMS would. Raises UnreachableError in DMS's words; an error inside passes through."""
    import psycopg

    with tempfile.TemporaryDirectory(prefix="autocorp-dms-") as directory:
        ca = Path(directory) / "ca.pem"
        if login.ca:
            ca.write_text(login.ca, encoding="ascii")
        try:
            connection = psycopg.connect(
                host=login.host,
                port=login.port,
                dbname=login.database,
                user=login.username,
                password=login.password,
                sslmode=_SSL[login.ssl_mode],
                sslrootcert=str(ca) if login.ca else None,
                # Nothing of the operator's own PostgreSQL set-up is used.
                hostaddr=None,
                passfile=os.devnull,
                options=f"-c statement_timeout={_STATEMENT_MILLISECONDS}",
                target_session_attrs="any",
                sslcert="",
                sslkey="",
                gssencmode="disable",
                connect_timeout=_CONNECT_SECONDS,
                autocommit=True,
                application_name="aws-dms (rehearsal)",
            )
        except psycopg.OperationalError as error:
            raise UnreachableError(_worded(str(error))) from error
    try:
        yield connection
    finally:
        connection.close()


def _worded(said: str) -> str:
    """Return what the driver said as DMS's driver says it."""
    line = " ".join(said.split())
    state = "28P01" if "password authentication failed" in line else "08001"
    if "FATAL:" in line:
        line = "FATAL: " + line.rpartition("FATAL:")[2].strip()
    elif "timeout expired" in line or "connection timeout" in line:
        line = "[unixODBC]timeout expired"
    else:
        line = f"[unixODBC]{line.removeprefix('connection failed: ')}"
    return (
        "Failed to connect Network error has occurred, Application-Detailed-Message: "
        f"RetCode: SQL_ERROR SqlState: {state} NativeError: 101 Message: {line}"
    )


def check_bucket(backend: RehearsalDms, endpoint: Thing) -> None:
    """Try everything that a load does with the bucket, as the endpoint's role. Raises UnreachableError."""
    install("s3")
    from moto.s3.models import s3_backends

    settings = structure({"s": endpoint.document["S3Settings"]}, "s")  # type: ignore[dict-item]
    name, folder = text(settings, "BucketName"), text(settings, "BucketFolder").strip("/")
    role = text(settings, "ServiceAccessRoleArn")

    def refused(why: str) -> UnreachableError:
        return UnreachableError(
            f"Failed to connect to database. Error in S3 bucket {name}, Application-Detailed-Message: {why}"
        )

    wrong = distrust(role, "dms.amazonaws.com", endpoint.arn)
    if wrong:
        raise refused(wrong)
    bucket = s3_backends[backend.account_id][backend.partition].buckets.get(name)
    if bucket is None:
        raise refused("The specified bucket does not exist (NoSuchBucket)")
    owner = text(settings, "ExpectedBucketOwner")
    if owner and owner != str(bucket.account_id):
        raise refused("Access Denied: the bucket is owned by another account than expected")
    arn = f"arn:{backend.partition}:s3:::{name}"
    probe = f"{arn}/{folder}/awsdms_test" if folder else f"{arn}/awsdms_test"
    by_key = text(settings, "EncryptionMode") == "SSE_KMS"
    sent = {"s3:x-amz-server-side-encryption": "aws:kms" if by_key else "AES256"}
    key = text(settings, "ServerSideEncryptionKmsKeyId")
    if by_key and key:
        sent["s3:x-amz-server-side-encryption-aws-kms-key-id"] = key
    steps: list[tuple[str, str, dict[str, str]]] = [
        ("s3:ListBucket", arn, {"s3:prefix": folder} if folder else {}),
        ("s3:PutObject", probe, sent),
        ("s3:DeleteObject", probe, {}),
    ]
    for action, resource, conditions in steps:
        why = denial(role, action, resource, conditions)
        if why is None and bucket.policy:
            present = {
                "aws:principalaccount": backend.account_id,
                "aws:principalisawsservice": "false",
                "aws:resourceaccount": backend.account_id,
                "aws:securetransport": "true",
                **conditions,
            }
            request = PolicyRequest(action, resource, role, backend.account_id, present)
            sid = denied_by_bucket(bucket.policy.decode(), request)
            why = f"Access Denied: {action} is denied by the bucket's policy (statement {sid})" if sid else None
        if why:
            raise refused(why)
    if by_key and key:
        via = {"kms:viaservice": f"s3.{backend.region_name}.amazonaws.com"}
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            why = key_denial(backend, role, action, key, via)
            if why:
                raise refused(why)
