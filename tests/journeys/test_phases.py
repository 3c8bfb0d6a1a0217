"""Each phase is applied, removed and applied again on its own, in order; an earlier phase plans nothing away."""

from collections.abc import Callable

import pytest

from tests.journeys.wizard import Document, Wizard

pytestmark = [pytest.mark.slow, pytest.mark.full, pytest.mark.xdist_group("phases")]

PHASES = ("foundation", "glue", "dms", "datasync")
ENVIRONMENT = "rehearsal"


def applied(wizard: Wizard) -> list[str]:
    """The phases that are applied, as the environment tells."""
    document = wizard.run("env", "show", ENVIRONMENT, "--json").document
    return list((document.get("applied") or {}).get("phases", []))


def apply(wizard: Wizard, phase: str) -> list[Document]:
    ran = wizard.run("apply", phase, "--env", ENVIRONMENT, "--yes", "--json")
    assert ran.code == 0, ran.out[-3000:] + ran.err
    return ran.events


def plan(wizard: Wizard, phase: str) -> Document:
    ran = wizard.run("plan", phase, "--env", ENVIRONMENT, "--json")
    assert ran.code == 0, ran.out[-3000:] + ran.err
    return ran.document


def test_phases_come_and_go_one_by_one(new_wizard: Callable[[str], Wizard]) -> None:
    wizard = new_wizard("phases")
    first = wizard.run("rehearse", "--plain", "--yes", "--until", "foundation", "--speed", "600", "--json")
    assert first.code == 0, first.out[-3000:] + first.err
    for number, phase in enumerate(PHASES[1:], start=1):
        if phase == "datasync":  # its agent is activated by the rollout, and stays when the phase goes
            ran = wizard.run("rehearse", "--plain", "--yes", "--json")
            assert ran.code == 0, ran.out[-3000:] + ran.err
        else:
            apply(wizard, phase)
        assert applied(wizard) == list(PHASES[: number + 1])
        gone = wizard.run("destroy", phase, "--env", ENVIRONMENT, "--confirm", ENVIRONMENT, "--json")
        assert gone.code == 0, gone.out[-3000:] + gone.err
        assert [e["name"] for e in gone.events if e["kind"] == "leftover.found" and not e["by_nature"]] == []
        assert applied(wizard) == list(PHASES[:number])
        assert plan(wizard, PHASES[number - 1])["changed"] is False, "what comes before is as it was"
        apply(wizard, phase)
        assert applied(wizard) == list(PHASES[: number + 1])
        assert plan(wizard, phase)["changed"] is False
    for phase in PHASES:
        assert plan(wizard, phase)["changed"] is False, f"{phase} keeps the later phases"
