"""What the rehearsal cloud saw, beside the report of a test that failed: without it, a rare failure tells nothing."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest

LINES: Final = 40
_LOGS: Final = ("cloud.log", "cloud-errors.log")
_shared: list[Path] = []


def last_words(directory: Path) -> str:
    """Return the last lines of what a cloud logged in its directory; empty if it logged nothing."""
    parts = []
    for name in _LOGS:
        path = directory / name
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:] if path.is_file() else []
        if lines:
            parts.append("\n".join([f"{path}:", *lines]))
    return "\n\n".join(parts)


def watch(home: Path) -> None:
    """Let every failure from now on tell what the cloud of this home saw; for those that many tests share."""
    _shared.append(home)


def _directories(item: pytest.Item) -> Iterator[Path]:
    yield from (home / "rehearsal" for home in _shared)
    own = getattr(item, "funcargs", {}).get("tmp_path")
    if isinstance(own, Path):
        yield from (log.parent for log in own.glob("**/rehearsal/cloud.log"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the last words of each cloud that a failed test used."""
    report = yield
    if report.failed:
        for directory in _directories(item):
            words = last_words(directory)
            if words:
                report.sections.append(("What the rehearsal cloud saw", words))
    return report
