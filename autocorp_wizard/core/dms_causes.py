"""What DMS's failure messages mean, and what helps: one table, read by connection tests, starts and status views.

DMS wraps the words of PostgreSQL's driver, of Secrets Manager and of S3 into its own; the table goes by what is inside.
"""

import re
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.core.errors import WizardError


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of failure. `sign` is looked for anywhere in the message, whatever its case."""

    code: str
    sign: str
    what: str
    why: str
    next_step: str


# The first that fits counts: what is narrower stands before what is wider.
CAUSES: Final = (
    Cause(
        "DMS-SECRET-UNREACHABLE",
        r"get secret value failed:.*(curlCode|timeout|timed out)",
        "The replication instance cannot reach Secrets Manager.",
        "Its network has neither an endpoint of Secrets Manager nor a way out, or its security group forbids port 443.",
        "Answer create_secretsmanager_endpoint with yes, or give its subnets NAT; then: autocorp-wizard dms test",
    ),
    Cause(
        "DMS-SECRET-TRUST",
        r"dms\.[a-z0-9-]+\.amazonaws\.com is not able to assume|get secret value failed:.*sts:AssumeRole",
        "DMS may not take on the role that reads the source's secret.",
        "The role must trust dms.REGION.amazonaws.com; the global dms.amazonaws.com is not enough.",
        "Let Terraform put the role right: autocorp-wizard apply foundation",
    ),
    Cause(
        "DMS-SECRET-RIGHT",
        r"not authorized to perform: (secretsmanager:\w+|kms:Decrypt)[\s\S]*|get secret value failed:.*AccessDenied",
        "The role that reads the source's secret may not read it.",
        "It needs GetSecretValue on the secret and Decrypt on the key that encrypts it.",
        "Let Terraform put the role right: autocorp-wizard apply foundation",
    ),
    Cause(
        "DMS-SECRET-EMPTY",
        r"can't find the specified secret|secret value for staging label",
        "The source's secret has no value, or is not there.",
        "Phase 1 makes the secret; its value is given separately.",
        "Give it: autocorp-wizard secret set",
    ),
    Cause(
        "DMS-SECRET-SHAPE",
        r"missing key '|secret is not a JSON object",
        "The source's secret does not hold what DMS needs.",
        "DMS wants a JSON object with host, port, username and password.",
        "Write it anew: autocorp-wizard secret set",
    ),
    Cause(
        "DMS-AUTH",
        r"password authentication failed|SqlState: 28P01|role \"[^\"]*\" (does not exist|is not permitted to log in)",
        "The source refuses the login of replication.",
        "User or password in the secret are not the source's.",
        "Give the right password: autocorp-wizard secret set",
    ),
    Cause(
        "DMS-HBA-PLAIN",
        r"no pg_hba\.conf entry.*(no encryption|SSL off)",
        "The source lets replication in over TLS only, or not at all.",
        "No line of its pg_hba.conf fits an unencrypted connection from the replication instance's address.",
        "Set postgres_ssl_mode to require or better, and see that pg_hba.conf has a line for the subnets of DMS.",
    ),
    Cause(
        "DMS-HBA",
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "The source does not let replication in from where DMS is.",
        "No line of its pg_hba.conf fits the address, the user and the database.",
        "Add a line for the subnets of the replication instance (its address can change) and reload PostgreSQL.",
    ),
    Cause(
        "DMS-TLS",
        r"certificate verify failed|server certificate for|root certificate|does not support SSL|SSL error|SSL SYSCALL",
        "The encrypted connection to the source fails.",
        "The source speaks no TLS, or its certificate is not of the given authority or not for this host name.",
        "Compare postgres_ssl_mode, postgres_ca_certificate_pem and postgres_host with the source's certificate.",
    ),
    Cause(
        "DMS-DATABASE",
        r"database \"[^\"]*\" does not exist",
        "The source has no such database.",
        "postgres_database names one that is not there.",
        "Correct it: autocorp-wizard env edit --set postgres_database=NAME, then apply dms.",
    ),
    Cause(
        "DMS-HOST-UNKNOWN",
        r"could not translate host name|Name or service not known|nodename nor servname|failed to resolve host",
        "The source's host name means nothing where DMS is.",
        "The network of the replication instance cannot resolve it.",
        "Use an address, or a name that the VPC's resolver knows; then: autocorp-wizard secret set",
    ),
    Cause(
        "DMS-REFUSED",
        r"connection refused",
        "The source's host answers, but PostgreSQL does not listen there.",
        "Wrong port, or PostgreSQL listens on other addresses only (listen_addresses).",
        "Correct postgres_port or listen_addresses; then test again: autocorp-wizard dms test",
    ),
    Cause(
        "DMS-TIMEOUT",
        r"timeout expired|connection timed out|network is unreachable|no route to host",
        "The source does not answer DMS.",
        "A route or line (VPN, peering) is missing, a firewall is closed, or postgres_cidr_blocks leave it out.",
        "See that the subnets' route table leads to the source and that its firewall lets them in; then: dms test",
    ),
    Cause(
        "DMS-WAL-LEVEL",
        r"wal_level",
        "The source does not write what replication needs.",
        "Its wal_level is not logical.",
        "Set wal_level = logical (on RDS rds.logical_replication = 1) and restart PostgreSQL; then: dms resume",
    ),
    Cause(
        "DMS-REPLICATION-RIGHT",
        r"must be superuser or replication role|permission denied to use replication slots|REPLICATION attribute",
        "The login may not replicate.",
        "It lacks the attribute REPLICATION (on RDS the role rds_replication).",
        "On the source: ALTER ROLE dms_replication REPLICATION; then start again: autocorp-wizard dms resume",
    ),
    Cause(
        "DMS-SLOTS-USED-UP",
        r"all replication slots are in use|max_replication_slots",
        "The source has no replication slot left.",
        "All of max_replication_slots are taken, some perhaps by tasks that are gone.",
        "Look and drop what nobody reads: autocorp-wizard dms slot; or raise max_replication_slots and restart.",
    ),
    Cause(
        "DMS-PLUGIN",
        r"could not access file \"(test_decoding|pglogical)",
        "The source cannot decode its log for DMS.",
        "The output plugin test_decoding (package postgresql-contrib) is not installed.",
        "Install it on the source and start again: autocorp-wizard dms resume",
    ),
    Cause(
        "DMS-SLOT-GONE",
        r"replication slot \"[^\"]*\" does not exist|can no longer get changes from replication slot|"
        r"requested WAL segment .* has already been removed",
        "The place of replication in the source's log is lost.",
        "Its slot was dropped, or the source discarded log that had not been read.",
        "Load everything anew: autocorp-wizard dms reload",
    ),
    Cause(
        "DMS-TOO-MANY-CONNECTIONS",
        r"too many connections|remaining connection slots",
        "The source has no connection left for replication.",
        "A limit of the server or of the role is reached.",
        "Raise max_connections or the role's CONNECTION LIMIT; then test again: autocorp-wizard dms test",
    ),
    Cause(
        "DMS-NO-TABLES",
        r"no tables were found",
        "None of the tables exists on the source.",
        "postgres_schema or postgres_tables name others than the source has.",
        "Correct them with `env edit`, apply dms, then: autocorp-wizard dms resume",
    ),
    Cause(
        "DMS-BUCKET-MISSING",
        r"NoSuchBucket|specified bucket does not exist",
        "The lake's bucket is not there.",
        "It was deleted, or belongs to another account.",
        "Let Terraform make it: autocorp-wizard apply foundation",
    ),
    Cause(
        "DMS-BUCKET-TRUST",
        r"dms\.amazonaws\.com is not able to assume",
        "DMS may not take on the role that writes the lake.",
        "The role must trust dms.amazonaws.com for this account.",
        "Let Terraform put the role right: autocorp-wizard apply foundation",
    ),
    Cause(
        "DMS-BUCKET-RIGHT",
        r"not authorized to perform: (s3:\w+|kms:\w+)|S3 bucket .*access denied|denied by the bucket's policy",
        "The role of DMS may not write the lake.",
        "It needs to list, write and delete below raw/database, and to use the bucket's key.",
        "Let Terraform put role and bucket right: autocorp-wizard apply foundation",
    ),
    Cause(
        "DMS-ACCOUNT-ROLE",
        r"is not configured properly",
        "A role that DMS needs once per account is missing or incomplete.",
        "dms-vpc-role must trust DMS and hold AmazonDMSVPCManagementRole.",
        "Set create_dms_account_roles to yes in the environment that owns them, and apply foundation there.",
    ),
)
UNKNOWN: Final = Cause(
    "DMS-FAILED",
    "",
    "DMS reports a failure that the wizard has no words for.",
    "Its own message is the best clue.",
    "Look at the task's log in CloudWatch, put it right, and test again: autocorp-wizard dms test",
)


def cause_of(message: str) -> Cause:
    """Return what a failure message of DMS means; UNKNOWN where no entry fits."""
    flat = " ".join(message.split())
    return next((cause for cause in CAUSES if re.search(cause.sign, flat, re.IGNORECASE)), UNKNOWN)


def error_of(message: str, subject: str = "") -> WizardError:
    """Return a failure message of DMS as an error with cause and remedy; `subject` says whose failure it is."""
    cause = cause_of(message)
    what = f"{subject}: {cause.what[0].lower()}{cause.what[1:]}" if subject else cause.what
    said = f" DMS says: {' '.join(message.split())}" if message else ""
    return WizardError(cause.code, what, why=f"{cause.why}{said}", next_step=cause.next_step, details=message)
