"""Every service misbehaves in every way during every phase that calls it: typed outcome, nothing lost, again finishes.

One home for each phase is rolled out once, as far as that phase. Two of the cases belong to the whole story, which CI
runs; all of them run here.
"""

from collections.abc import Callable
from typing import Final

import pytest

from autocorp_wizard.rehearsal.faultrules import FaultKind
from tests.journeys.faults import EXPECTED, TARGETS, Target, strike
from tests.journeys.wizard import Wizard

PHASES: Final = ("foundation", "glue", "dms", "datasync")


def cases() -> list[object]:
    """The matrix; workers share the phases out among them."""
    return [
        pytest.param(
            target,
            kind,
            id=f"{target.phase}-{target.service}-{target.action}-{kind}",
            marks=[pytest.mark.xdist_group(f"faults-{target.phase}")],
        )
        for target in TARGETS
        for kind in EXPECTED
    ]


def test_the_matrix_is_large_enough() -> None:
    assert len(cases()) >= 60
    assert {target.phase for target in TARGETS} == set(PHASES)


@pytest.fixture(scope="module")
def deployed(new_wizard: Callable[[str], Wizard]) -> Callable[[str], Wizard]:
    """Give a home on which everything as far as a phase is deployed."""
    made: dict[str, Wizard] = {}

    def give(phase: str) -> Wizard:
        if phase not in made:
            made[phase] = new_wizard(f"faults-{phase}")
            ran = made[phase].run("rehearse", "--plain", "--yes", "--speed", "600", "--until", phase)
            assert ran.code == 0, ran.out[-3000:] + ran.err
        return made[phase]

    return give


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.parametrize(("target", "kind"), cases())
def test_a_fault_has_a_card_and_the_next_apply_finishes(
    deployed: Callable[[str], Wizard], target: Target, kind: FaultKind
) -> None:
    strike(deployed(target.phase), target, kind).judge()
