"""What we lean on inside the emulator is there: there is no published contract, so this is ours."""

import inspect
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version

import pytest

from autocorp_wizard.rehearsal.services import EXTENSIONS

NAMES = [
    ("moto.budgets.models", "BudgetsBackend.delete_notification"),
    ("moto.budgets.models", "Notification"),
    ("moto.budgets.responses", "BudgetsResponse.create_budget"),
    ("moto.cloudtrail.models", "CloudTrailBackend.delete_trail"),
    ("moto.cloudtrail.models", "CloudTrailBackend.get_trail"),
    ("moto.cloudwatch.models", "Alarm.update_state"),
    ("moto.cloudwatch.models", "CloudWatchBackend.put_metric_alarm"),
    ("moto.cloudwatch.models", "MetricAggregatedDatum"),
    ("moto.cloudwatch.models", "MetricDatum"),
    ("moto.cloudwatch.responses", "CloudWatchResponse.cloudwatch_backend"),
    ("moto.cloudwatch.responses", "CloudWatchResponse.describe_alarms"),
    ("moto.events.models", "EventPattern.matches_event"),
    ("moto.events.models", "events_backends"),
    ("moto.backends", "get_backend"),
    ("moto.core.base_backend", "BackendDict._instances"),
    ("moto.core.base_backend", "BackendDict.reset"),
    ("moto.core.request", "Request"),
    ("moto.core.resource_tagging", "TaggedResource"),
    ("moto.ec2.models", "EC2Backend.iter_tagged_resources"),
    ("moto.core.responses", "ActionResult"),
    ("moto.core.responses", "BaseResponse.call_action"),
    ("moto.core.routing", "get_service_router"),
    ("moto.ec2.models", "EC2Backend.delete_vpc"),
    ("moto.ec2.models", "EC2Backend.delete_vpc_endpoints"),
    ("moto.ec2.models.security_groups", "SecurityGroupBackend.modify_security_group_rules"),
    ("moto.ec2.models.security_groups", "SecurityGroupRule.description"),
    ("moto.athena.models", "AthenaBackend.create_named_query"),
    ("moto.athena.models", "AthenaBackend.create_work_group"),
    ("moto.athena.responses", "AthenaResponse.athena_backend"),
    ("moto.glue.exceptions", "ConcurrentRunsExceededException"),
    ("moto.glue.models", "GlueBackend.create_table"),
    ("moto.glue.models", "GlueBackend.create_trigger"),
    ("moto.glue.models", "GlueBackend.get_connections"),
    ("moto.glue.responses", "GlueResponse.glue_backend"),
    ("moto.glue.utils", "validate_crawl_filters"),
    ("moto.iam.access_control", "PermissionResult.DENIED"),
    ("moto.iam.aws_managed_policies", "aws_managed_policies_data"),
    ("moto.iam.models", "AWSManagedPolicy.from_data"),
    ("moto.iam.models", "IAMBackend.get_user_from_access_key_id"),
    ("moto.iam.responses", "IamResponse.dispatch"),
    ("moto.moto_server.werkzeug_app", "DomainDispatcherApplication.get_application"),
    ("moto.moto_server.werkzeug_app", "MotoRequestHandler.make_environ"),
    ("moto.moto_server.werkzeug_app", "create_backend_app"),
    ("moto.s3.exceptions", "MalformedXML"),
    ("moto.s3.models", "FakeBucket.get_permission"),
    ("moto.s3.models", "FakeDeleteMarker.version_id"),
    ("moto.s3.models", "FakeKey.dispose"),
    ("moto.s3.models", "S3Backend.create_bucket"),
    ("moto.s3.models", "s3_backends.bucket_accounts"),
    ("moto.s3.responses", "S3Response._bucket_response_delete"),
    ("moto.s3.responses", "S3Response._bucket_response_get"),
    ("moto.s3.responses", "S3Response._bucket_response_put"),
    ("moto.s3.utils", "_VersionedKeyStore.getlist"),
    ("moto.secretsmanager.exceptions", "InvalidRequestException"),
    ("moto.secretsmanager.responses", "SecretsManagerResponse.create_secret"),
    ("moto.sts.models", "STSBackend.get_assumed_role_from_access_key"),
    ("moto.sts.responses", "TokenResponse.get_caller_identity"),
]


def test_the_emulator_is_the_very_version_that_this_was_written_for() -> None:
    assert version("moto") == "5.2.5"


@pytest.mark.parametrize(("module", "path"), NAMES, ids=lambda value: value)
def test_what_we_lean_on_is_there(module: str, path: str) -> None:
    found = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)


@pytest.mark.parametrize(
    ("module", "path", "parameters"),
    [
        ("moto.s3.models", "FakeBucket.get_permission", ["self", "action", "resource"]),
        ("moto.s3.responses", "S3Response._bucket_response_get", ["self", "bucket_name", "querystring"]),
        ("moto.s3.responses", "S3Response._bucket_response_put", ["self", "request", "bucket_name", "querystring"]),
        ("moto.s3.responses", "S3Response._bucket_response_delete", ["self", "bucket_name", "querystring"]),
        (
            "moto.ec2.models.security_groups",
            "SecurityGroupBackend.modify_security_group_rules",
            ["self", "group_id", "rules"],
        ),
        ("moto.moto_server.werkzeug_app", "DomainDispatcherApplication.__init__", ["self", "create_app"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_we_replace_still_takes_the_same(module: str, path: str, parameters: list[str]) -> None:
    found = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    assert list(inspect.signature(found).parameters) == parameters


def test_the_stock_faults_that_we_mend_are_still_there() -> None:
    """A mend whose fault is gone upstream is to be taken out."""
    from moto.s3.models import FakeDeleteMarker
    from moto.s3.utils import _VersionedKeyStore

    assert "dispose" not in vars(FakeDeleteMarker)
    store = _VersionedKeyStore()
    store["k"] = 1
    store["k"] = 2
    assert list(store.items()) == [("k", 2)]


BUILD = """
from moto.moto_server.werkzeug_app import create_backend_app
from autocorp_wizard.rehearsal.services import EXTENSIONS, install
for service in EXTENSIONS:
    install(service)
    assert create_backend_app(service).view_functions, service
"""


@pytest.mark.slow
def test_every_extension_installs_and_routes_still_build() -> None:
    """In a process of its own: other tests use the emulator as it comes."""
    assert EXTENSIONS
    subprocess.run([sys.executable, "-c", BUILD], check=True)
