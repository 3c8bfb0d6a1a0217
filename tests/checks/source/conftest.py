"""One cluster for the tests of the source's checks."""

from collections.abc import Iterator

import pytest

from tests.checks.source.bench import Bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A cluster that tests may spoil; they give it back as it was."""
    made = Bench(tmp_path_factory.mktemp("source-bench"))
    yield made
    made.close()
