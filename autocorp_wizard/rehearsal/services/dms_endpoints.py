"""DMS: certificates, source and target endpoints, and the connection test that really walks both ways."""

from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from autocorp_wizard.core.events import Json
from autocorp_wizard.rehearsal.permissions import distrust
from autocorp_wizard.rehearsal.services import dms_reach
from autocorp_wizard.rehearsal.services.dms_store import (
    GONE,
    Action,
    Asked,
    Document,
    Fault,
    Life,
    RehearsalDms,
    Thing,
    filtered,
    given,
    moment,
    paged,
    structure,
    text,
    unique_part,
)

_DELETING, _TESTING = 10.0, 30.0
_DISPLAY: Final = {"postgres": "PostgreSQL", "s3": "Amazon S3"}
_SSL_MODES: Final = frozenset({"none", "require", "verify-ca", "verify-full"})
# What S3 settings are when nobody says otherwise, as AWS describes them.
_S3_DEFAULTS: Final[Mapping[str, Json]] = {
    "AddColumnName": False,
    "BucketFolder": "",
    "CdcInsertsAndUpdates": False,
    "CdcInsertsOnly": False,
    "CdcMaxBatchInterval": 60,
    "CdcMinFileSize": 32000,
    "CompressionType": "NONE",
    "CsvDelimiter": ",",
    "CsvRowDelimiter": "\\n",
    "DataFormat": "csv",
    "DatePartitionEnabled": False,
    "EnableStatistics": True,
    "EncryptionMode": "SSE_S3",
    "IncludeOpForFullLoad": False,
    "ParquetTimestampInMillisecond": False,
    "ParquetVersion": "parquet-1-0",
    "PreserveTransactions": False,
    "Rfc4180": True,
    "UseCsvNoSupValue": False,
    "UseTaskStartTimeForFullLoadTimestamp": False,
}
_PLAIN: Final = (
    "CertificateArn",
    "DatabaseName",
    "EngineName",
    "ExtraConnectionAttributes",
    "Port",
    "ServerName",
    "ServiceAccessRoleArn",
    "SslMode",
    "Username",
)


def import_certificate(backend: RehearsalDms, asked: Asked) -> Document:
    """ImportCertificate: the PEM is really read."""
    name = text(asked, "CertificateIdentifier").lower()
    pem = text(asked, "CertificatePem")
    try:
        found = x509.load_pem_x509_certificates(pem.encode())[0]
    except ValueError as cause:
        raise Fault("InvalidCertificateFault", "The certificate was not valid: it could not be parsed.") from cause
    key = found.public_key()
    algorithm = found.signature_hash_algorithm
    document: Document = {
        "CertificateIdentifier": name,
        "CertificateOwner": backend.account_id,
        "CertificatePem": pem,
        "KeyLength": key.key_size if isinstance(key, rsa.RSAPublicKey) else 256,
        "SigningAlgorithm": f"{(algorithm.name if algorithm else 'none').upper()}withRSA",
        "ValidFromDate": found.not_valid_before_utc,
        "ValidToDate": found.not_valid_after_utc,
    }
    certificate = Thing("cert", name, backend.arn("cert", unique_part(asked)), document, Life("active"))
    return {"Certificate": _certificate(backend.add(certificate, asked, "Certificates"))}


def describe_certificates(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeCertificates."""
    certificates = [_certificate(each) for each in backend.living("cert")]
    fields = {"certificate-arn": "CertificateArn", "certificate-id": "CertificateIdentifier"}
    found = filtered(certificates, asked, fields, "No Certificates found matching provided filters.")
    return paged(found, asked, "Certificates")


def delete_certificate(backend: RehearsalDms, asked: Asked) -> Document:
    """DeleteCertificate: refused while an endpoint uses it."""
    certificate = backend.thing("cert", text(asked, "CertificateArn"))
    for endpoint in backend.living("endpoint"):
        if endpoint.document.get("CertificateArn") == certificate.arn:
            message = f"Certificate {certificate.arn} is in use by endpoint {endpoint.name}."
            raise Fault("InvalidResourceStateFault", message)
    certificate.life = Life(GONE)
    answer: Document = {"Certificate": _certificate(certificate)}
    backend.living("cert")
    return answer


def create_endpoint(backend: RehearsalDms, asked: Asked) -> Document:
    """CreateEndpoint: roles are tried at once, as DMS does."""
    name = text(asked, "EndpointIdentifier").lower()
    arn = backend.arn("endpoint", unique_part(asked))
    engine = text(asked, "EngineName")
    document: Document = {
        "EndpointIdentifier": name,
        "EndpointType": text(asked, "EndpointType").upper(),
        "EngineDisplayName": _DISPLAY.get(engine, engine),
        "EngineName": engine,
        "KmsKeyId": text(asked, "KmsKeyId") or None,
        "SslMode": "none",
    }
    _settle(backend, document, asked, arn)
    if engine == "s3":
        # DMS takes a key for S3 endpoints and never tells it back.
        document.pop("KmsKeyId")
    endpoint = Thing("endpoint", name, arn, document, Life("active"))
    return {"Endpoint": _endpoint(backend.add(endpoint, asked, "Endpoints"))}


def modify_endpoint(backend: RehearsalDms, asked: Asked) -> Document:
    """ModifyEndpoint: refused while a task that uses it runs; what was tested must be tested anew."""
    endpoint = backend.thing("endpoint", text(asked, "EndpointArn"))
    for task in backend.tasks.values():
        if endpoint.arn in task.endpoint_arns and task.status in {"starting", "running", "stopping", "modifying"}:
            message = f"Endpoint {endpoint.arn} is used by replication task {task.name}, which is {task.status}."
            raise Fault("InvalidResourceStateFault", message)
    wanted = dict(endpoint.document)
    _settle(backend, wanted, asked, endpoint.arn)
    encryption = (_settings(endpoint.document).get("EncryptionMode"), _settings(wanted).get("EncryptionMode"))
    if encryption == ("SSE_S3", "SSE_KMS"):
        message = "The EncryptionMode of an S3 endpoint cannot be changed from SSE_S3 to SSE_KMS."
        raise Fault("InvalidParameterValueException", message)
    endpoint.document = wanted
    for pair in [pair for pair in backend.tests if pair[1] == endpoint.arn]:
        del backend.tests[pair]
    return {"Endpoint": _endpoint(endpoint)}


def describe_endpoints(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeEndpoints."""
    fields = {
        "endpoint-arn": "EndpointArn",
        "endpoint-id": "EndpointIdentifier",
        "endpoint-type": "EndpointType",
        "engine-name": "EngineName",
    }
    endpoints = [_endpoint(each) for each in backend.living("endpoint")]
    found = filtered(endpoints, asked, fields, "No Endpoints found matching provided filters.")
    return paged(found, asked, "Endpoints")


def delete_endpoint(backend: RehearsalDms, asked: Asked) -> Document:
    """DeleteEndpoint: refused while a task is made with it."""
    endpoint = backend.thing("endpoint", text(asked, "EndpointArn"))
    if any(endpoint.arn in task.endpoint_arns for task in backend.tasks.values()):
        message = f"Endpoint {endpoint.arn} is part of one or more ReplicationTasks."
        raise Fault("InvalidResourceStateFault", message)
    endpoint.life = Life.passing("deleting", GONE, _DELETING)
    for pair in [pair for pair in backend.tests if pair[1] == endpoint.arn]:
        del backend.tests[pair]
    return {"Endpoint": _endpoint(endpoint)}


def test_connection(backend: RehearsalDms, asked: Asked) -> Document:
    """TestConnection."""
    instance = backend.thing("rep", text(asked, "ReplicationInstanceArn"))
    endpoint = backend.thing("endpoint", text(asked, "EndpointArn"))
    if instance.life.present != "available":
        message = f"Replication instance {instance.name} is not available: it is {instance.life.present}."
        raise Fault("InvalidResourceStateFault", message)
    return {"Connection": _connection(run_test(backend, instance, endpoint))}


def run_test(backend: RehearsalDms, instance: Thing, endpoint: Thing, seconds: float = _TESTING) -> Thing:
    """Try a connection now and keep the verdict, which is told when its time is over."""
    running = backend.tests.get((instance.arn, endpoint.arn))
    if running is not None and running.life.present == "testing":
        raise Fault("InvalidResourceStateFault", f"A connection test of {endpoint.name} is running already.")
    failure = dms_reach.failure_of(backend, endpoint)
    document: Document = {
        "EndpointArn": endpoint.arn,
        "EndpointIdentifier": endpoint.name,
        "LastFailureMessage": failure,
        "ReplicationInstanceArn": instance.arn,
        "ReplicationInstanceIdentifier": instance.name,
    }
    life = Life.passing("testing", "failed" if failure else "successful", seconds)
    test = Thing("connection", endpoint.name, endpoint.arn, document, life)
    backend.tests[instance.arn, endpoint.arn] = test
    return test


def describe_connections(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeConnections: the last test of each pair."""
    fields = {"endpoint-arn": "EndpointArn", "replication-instance-arn": "ReplicationInstanceArn"}
    alive = {thing.arn for kind in ("rep", "endpoint") for thing in backend.living(kind)}
    tests = [_connection(test) for pair, test in backend.tests.items() if alive.issuperset(pair)]
    return paged(filtered(tests, asked, fields), asked, "Connections")


def delete_connection(backend: RehearsalDms, asked: Asked) -> Document:
    """DeleteConnection: forgets the last test of a pair."""
    pair = (text(asked, "ReplicationInstanceArn"), text(asked, "EndpointArn"))
    if pair not in backend.tests:
        raise Fault("ResourceNotFoundFault", "The connection could not be found.")
    return {"Connection": _connection(backend.tests.pop(pair)) | {"Status": "deleting"}}


def _settle(backend: RehearsalDms, document: Document, asked: Asked, arn: str) -> None:
    """Take over what was asked, judge it, and try the roles. Raises as DMS does."""
    document |= given(asked, *_PLAIN)
    if document["SslMode"] not in _SSL_MODES:
        raise Fault("InvalidParameterValueException", f"Invalid SslMode {document['SslMode']}.")
    certificate = str(document.get("CertificateArn") or "")
    if certificate:
        backend.thing("cert", certificate)
    elif str(document["SslMode"]).startswith("verify-"):
        message = f"The SSL mode {document['SslMode']} needs a certificate."
        raise Fault("InvalidParameterCombinationException", message)
    if document["EngineName"] == "s3":
        settings = dict(_S3_DEFAULTS) | _settings(document) | structure(asked, "S3Settings")
        if "DatePartitionSequence" in settings:
            settings["DatePartitionSequence"] = text(settings, "DatePartitionSequence").lower()
        document["S3Settings"] = settings
        role = text(settings, "ServiceAccessRoleArn")
        document["ServiceAccessRoleArn"] = role
        wrong = distrust(role, "dms.amazonaws.com", arn)
    else:
        source = _settings(document) | structure(asked, "PostgreSQLSettings")
        if "DatabaseName" in asked:
            source["DatabaseName"] = asked["DatabaseName"]
        document["PostgreSQLSettings"] = source
        document["DatabaseName"] = source.get("DatabaseName")
        role = text(source, "SecretsManagerAccessRoleArn")
        wrong = distrust(role, f"dms.{backend.region_name}.amazonaws.com", arn) if role else None
    if wrong:
        raise Fault("AccessDeniedFault", wrong)


def _settings(document: Document) -> dict[str, Json]:
    found = document.get("S3Settings") or document.get("PostgreSQLSettings")
    return dict(found) if isinstance(found, dict) else {}


def _certificate(certificate: Thing) -> Document:
    return {
        **certificate.document,
        "CertificateArn": certificate.arn,
        "CertificateCreationDate": moment(certificate.born),
    }


def _endpoint(endpoint: Thing) -> Document:
    return {**endpoint.document, "EndpointArn": endpoint.arn, "Status": endpoint.life.present}


def _connection(test: Thing) -> Document:
    state = test.life.present
    failure = test.document["LastFailureMessage"] if state == "failed" else None
    return {**test.document, "LastFailureMessage": failure, "Status": state}


ACTIONS: Final[Mapping[str, Action]] = {
    "CreateEndpoint": create_endpoint,
    "DeleteCertificate": delete_certificate,
    "DeleteConnection": delete_connection,
    "DeleteEndpoint": delete_endpoint,
    "DescribeCertificates": describe_certificates,
    "DescribeConnections": describe_connections,
    "DescribeEndpoints": describe_endpoints,
    "ImportCertificate": import_certificate,
    "ModifyEndpoint": modify_endpoint,
    "TestConnection": test_connection,
}
