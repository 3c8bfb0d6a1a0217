"""One cloud with a source and a replication instance per test session: an instance takes ten seconds to be made.

Tests that use them carry `xdist_group("dms")`, leave roles, secret and rows as they found them, and remove their tasks.
"""

from collections.abc import Iterator
from pathlib import Path

import boto3
import psycopg
import pytest
from botocore.client import BaseClient
from botocore.config import Config

from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceAddress, SourceDatabase
from autocorp_wizard.rehearsal.source_address import SUPERUSER, connect
from tests.cloud_report import watch
from tests.rehearsal.replicating import Lake, make_ends, make_instance, make_lake


@pytest.fixture(scope="session")
def replication_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that cloud and source share."""
    home = tmp_path_factory.mktemp("replication-home")
    watch(home)
    return home


@pytest.fixture(scope="session")
def replication_cloud(replication_home: Path) -> Iterator[RehearsalCloud]:
    """A cloud of that home."""
    made = RehearsalCloud(replication_home, warm=False)
    made.ensure()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def replication_source(replication_home: Path) -> Iterator[SourceAddress]:
    """The source database of that home, with 60 orders."""
    made = SourceDatabase(replication_home, rows=60)
    yield made.ensure()
    made.remove()


@pytest.fixture(scope="session")
def lake(replication_cloud: RehearsalCloud, replication_source: SourceAddress) -> Lake:
    """Network, roles, secret and bucket."""
    address = replication_cloud.ensure()
    session = boto3.Session(address.access_key_id, address.secret_access_key, region_name=address.region)
    config = Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=30)
    made: dict[str, BaseClient] = {}

    def clients(service: str) -> BaseClient:
        if service not in made:
            made[service] = session.client(
                service, endpoint_url=address.endpoint_url, verify=str(address.ca_bundle), config=config
            )
        return made[service]

    return make_lake(clients, replication_source, "one")


@pytest.fixture(scope="session")
def dms_instance(lake: Lake) -> str:
    """The ARN of a replication instance that is available."""
    return make_instance(lake, AllocatedStorage=50)


@pytest.fixture(scope="session")
def dms_ends(lake: Lake) -> tuple[str, str]:
    """The ARNs of the source and the target endpoint."""
    return make_ends(lake)


@pytest.fixture
def owner(replication_source: SourceAddress) -> Iterator[psycopg.Connection]:
    """The source's administrator."""
    with connect(replication_source, SUPERUSER, replication_source.database) as connection:
        yield connection
