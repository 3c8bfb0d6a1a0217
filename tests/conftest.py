"""What every test relies on."""

from hypothesis import HealthCheck, settings

from tests.cloud_fixtures import bench, client_for, cloud, cloud_home, own_cloud, own_source, source, unique
from tests.cloud_report import pytest_runtest_makereport
from tests.dms_fixtures import (
    dms_ends,
    dms_instance,
    lake,
    owner,
    replication_cloud,
    replication_home,
    replication_source,
)

__all__ = [
    "bench",
    "client_for",
    "cloud",
    "cloud_home",
    "dms_ends",
    "dms_instance",
    "lake",
    "own_cloud",
    "own_source",
    "owner",
    "pytest_runtest_makereport",
    "replication_cloud",
    "replication_home",
    "replication_source",
    "source",
    "unique",
]

# The suite shares two cores with servers: how long an example takes says nothing about the code.
settings.register_profile(
    "calm", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example]
)
settings.load_profile("calm")
