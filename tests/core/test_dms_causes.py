"""Each failure that DMS reports is told with its cause and a remedy, in the words that DMS really uses."""

import pytest

from autocorp_wizard.core.dms_causes import CAUSES, UNKNOWN, cause_of, error_of

_TEST = "Test Endpoint failed: Application-Status: 1020912, Application-Message: "
_CONNECT = f"{_TEST}Failed to connect Network error has occurred, Application-Detailed-Message: RetCode: SQL_ERROR "
_SECRET = (
    f"{_TEST}Failed to build connection string Unable to find Secrets Manager secret, Application-Detailed-Message: "
    "Failed to retrieve secret. Unable to find AWS Secrets Manager secret Arn "
    "'arn:aws:secretsmanager:us-east-1:123456789012:secret:autocorp/dev/postgres/password-AbCdEf' "
    "The secrets_manager get secret value failed: "
)
_BUCKET = f"{_TEST}Failed to connect to database. Error in S3 bucket lake, Application-Detailed-Message: "
_TASK = "Last Error Task error notification received from subtask 0, thread 0; "
_USER = "User: arn:aws:sts::123456789012:assumed-role/autocorp-dev-dms/dms-session is not authorized to perform: "

SAID = {
    "DMS-SECRET-UNREACHABLE": [
        f"{_SECRET}curlCode: 28, Timeout was reached Too many retries: curlCode: 28, Timeout was reached\n"
        "Additional info:\nRead timed out"
    ],
    "DMS-SECRET-TRUST": [
        f"{_SECRET}dms.us-east-1.amazonaws.com is not able to assume the role arn:aws:iam::123456789012:role/reader"
    ],
    "DMS-SECRET-RIGHT": [
        f"{_SECRET}{_USER}secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:1:secret:a",
        f"{_SECRET}{_USER}kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key/1",
    ],
    "DMS-SECRET-EMPTY": [
        f"{_SECRET}Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        f"{_SECRET}Secrets Manager can't find the specified secret.",
    ],
    "DMS-SECRET-SHAPE": [
        f"{_TEST}Failed to build connection string, Application-Detailed-Message: Failed to retrieve secret. "
        "Missing key 'host' in AWS Secrets Manager secret Arn 'arn'"
    ],
    "DMS-AUTH": [
        f'{_CONNECT}SqlState: 28P01 NativeError: 101 Message: FATAL: password authentication failed for user "dms"',
        f'{_CONNECT}SqlState: 28000 NativeError: 101 Message: FATAL: role "dms" is not permitted to log in',
    ],
    "DMS-HBA-PLAIN": [
        f'{_CONNECT}SqlState: 08001 NativeError: 101 Message: FATAL: no pg_hba.conf entry for host "10.0.1.135", '
        'user "postgres", database "autocorp", no encryption',
        f'{_CONNECT}SqlState: 28000 NativeError: 101 Message: FATAL: no pg_hba.conf entry for host "10.0.1.135", '
        'user "postgres", database "autocorp", SSL off',
    ],
    "DMS-HBA": [
        f'{_CONNECT}SqlState: 28000 NativeError: 101 Message: FATAL: no pg_hba.conf entry for host "10.0.1.135", '
        'user "postgres", database "autocorp", SSL encryption'
    ],
    "DMS-TLS": [
        f"{_CONNECT}SqlState: 08001 NativeError: 101 Message: [unixODBC]SSL error: certificate verify failed",
        f"{_CONNECT}SqlState: 08001 NativeError: 101 Message: [unixODBC]server does not support SSL",
    ],
    "DMS-DATABASE": [f'{_CONNECT}SqlState: 08001 NativeError: 101 Message: FATAL: database "autocrop" does not exist'],
    "DMS-HOST-UNKNOWN": [
        f'{_CONNECT}SqlState: 08001 NativeError: 101 Message: [unixODBC]could not translate host name "db" to address: '
        "Name or service not known"
    ],
    "DMS-REFUSED": [
        f"{_CONNECT}SqlState: 08001 NativeError: 101 Message: [unixODBC]could not connect to server: Connection refused"
    ],
    "DMS-TIMEOUT": [f"{_CONNECT}SqlState: 08001 NativeError: 101 Message: [unixODBC]timeout expired"],
    "DMS-WAL-LEVEL": [f"{_TASK}ERROR: logical decoding requires wal_level >= logical Stop Reason FATAL_ERROR"],
    "DMS-REPLICATION-RIGHT": [
        f"{_TASK}must be superuser or replication role to use replication slots",
        f"{_TASK}permission denied to use replication slots DETAIL: Only roles with the REPLICATION attribute may use",
    ],
    "DMS-SLOTS-USED-UP": [f"{_TASK}all replication slots are in use HINT: Free one or increase max_replication_slots."],
    "DMS-PLUGIN": [f'{_TASK}could not access file "test_decoding": No such file or directory'],
    "DMS-SLOT-GONE": [
        'Last Error Failed to read changes; replication slot "abc" does not exist',
        'Last Error can no longer get changes from replication slot "abc"',
    ],
    "DMS-TOO-MANY-CONNECTIONS": [
        f'{_CONNECT}SqlState: 53300 NativeError: 101 Message: FATAL: too many connections for role "dms_replication"'
    ],
    "DMS-NO-TABLES": ["Last Error No tables were found at task initialization. Stop Reason FATAL_ERROR"],
    "DMS-BUCKET-MISSING": [f"{_BUCKET}The specified bucket does not exist (NoSuchBucket)"],
    "DMS-BUCKET-TRUST": [f"{_BUCKET}dms.amazonaws.com is not able to assume the role arn:aws:iam::1:role/writer"],
    "DMS-BUCKET-RIGHT": [
        f"{_BUCKET}{_USER}s3:PutObject on resource: arn:aws:s3:::lake/raw/database/x",
        f"{_BUCKET}{_USER}kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:123456789012:key/1",
        f"{_BUCKET}Access Denied: s3:PutObject is denied by the bucket's policy (statement DenyOtherKeys)",
    ],
    "DMS-ACCOUNT-ROLE": ["The IAM Role arn:aws:iam::123456789012:role/dms-vpc-role is not configured properly."],
}


def test_every_cause_of_the_table_is_said_here() -> None:
    assert set(SAID) == {cause.code for cause in CAUSES}


@pytest.mark.parametrize(("code", "message"), [(code, said) for code, all_ in SAID.items() for said in all_])
def test_a_message_is_told_by_its_own_cause(code: str, message: str) -> None:
    assert cause_of(message).code == code


def test_a_message_without_an_entry_is_shown_as_it_is() -> None:
    error = error_of("Application-Status: 999 something new", "The source's connection test failed")
    assert error.code == UNKNOWN.code
    assert "something new" in error.why
    assert error.what.startswith("The source's connection test failed: ")


def test_every_cause_says_what_why_and_what_next() -> None:
    for cause in CAUSES:
        assert cause.what.endswith(".")
        assert cause.why.endswith(".")
        assert cause.next_step
