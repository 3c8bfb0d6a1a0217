"""Wizards with homes of their own; what they start is ended with them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.wizard import Wizard


@pytest.fixture(scope="module")
def new_wizard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Wizard]]:
    """Make a wizard on an empty home."""
    made: list[Wizard] = []

    def make(name: str) -> Wizard:
        folder: Path = tmp_path_factory.mktemp(name)
        made.append(Wizard(folder / "home"))
        return made[-1]

    yield make
    for wizard in made:
        wizard.close()
