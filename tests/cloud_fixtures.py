"""One rehearsal cloud per test session, in a home of its own; tests that must not share state ask for their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

from autocorp_wizard.rehearsal.address import CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceAddress, SourceDatabase
from tests.cloud_report import watch

if TYPE_CHECKING:
    from tests.rehearsal.datasync_bench import Bench


class ClientFor(Protocol):
    """Makes a boto3 client of one service for a rehearsal cloud; `retries` in all, one by default."""

    def __call__(self, service: str, *, address: CloudAddress | None = None, retries: int = 1) -> BaseClient: ...


@pytest.fixture(scope="session")
def cloud_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The wizard home of the session's cloud."""
    home = tmp_path_factory.mktemp("cloud-home")
    watch(home)
    yield home
    RehearsalCloud(home).stop()


@pytest.fixture(scope="session")
def cloud(cloud_home: Path) -> CloudAddress:
    """The session's cloud: started on first use, shared, so use names of your own."""
    return RehearsalCloud(cloud_home).ensure()


@pytest.fixture(scope="session")
def source(cloud_home: Path) -> Iterator[SourceAddress]:
    """The session's source database with 500 orders: shared, so leave the rows as they are."""
    database = SourceDatabase(cloud_home, rows=500)
    yield database.ensure()
    database.remove()


@pytest.fixture
def own_source(tmp_path: Path) -> Iterator[SourceDatabase]:
    """A source database that nobody else uses, not started yet and removed afterwards."""
    database = SourceDatabase(tmp_path / "own-home", rows=60)
    yield database
    database.remove()


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[RehearsalCloud]:
    """A cloud that nobody else uses, not started yet and ended afterwards."""
    own = RehearsalCloud(tmp_path / "own-home", warm=False)
    yield own
    own.stop()


@pytest.fixture
def client_for(request: pytest.FixtureRequest) -> ClientFor:
    """Make clients for the session's cloud, or for another address."""

    def make(service: str, *, address: CloudAddress | None = None, retries: int = 1) -> BaseClient:
        to = address if address is not None else request.getfixturevalue("cloud")
        session = boto3.Session(to.access_key_id, to.secret_access_key, region_name=to.region)
        config = Config(retries={"total_max_attempts": retries, "mode": "standard"}, read_timeout=20)
        return session.client(service, endpoint_url=to.endpoint_url, verify=str(to.ca_bundle), config=config)

    return make


@pytest.fixture
def bench(own_cloud: RehearsalCloud, tmp_path: Path, client_for: ClientFor) -> "Bench":
    """A cloud of one's own with a bucket and a role for transfers."""
    from tests.rehearsal.datasync_bench import Bench

    return Bench(own_cloud, tmp_path / "own-home", client_for)


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Return names that no other test uses: `unique("lake")`."""
    import secrets

    return lambda stem: f"{stem}-{secrets.token_hex(5)}"
