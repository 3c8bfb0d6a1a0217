"""What the suite itself relies on."""

import textwrap
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


def test_workers_keep_the_tests_of_a_group_together(pytester: pytest.Pytester) -> None:
    """Costly set-ups are shared by `xdist_group`: a worker that ignores it does each of them again."""
    for name in ("one", "two"):
        (pytester.path / f"test_{name}.py").write_text(
            textwrap.dedent("""
                import os
                from pathlib import Path
                import pytest
                pytestmark = pytest.mark.xdist_group("shared")

                @pytest.mark.parametrize("n", range(8))
                def test_it(n):
                    with Path("workers").open("a") as said:
                        said.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
            """)
        )
    pytester.runpytest_subprocess("-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider").assert_outcomes(passed=16)
    assert len(set(Path(pytester.path / "workers").read_text().split())) == 1
