"""The last look before an apply: a failure of its phase stops it, a waiver lets it go on."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.checks.place import Place
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.environment import Environment, Waiver
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.record import Check, Group, Remedy, Seen, Vantage, failed, passed, unsure
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout import preflight
from autocorp_wizard.rollout.look_again import look_again
from tests.checks.placing import GIVEN, place
from tests.rollout.staging import FakeRecorder, context

FIX = Remedy("Mend it.", command="autocorp-wizard bootstrap --env dev")
Apply = Callable[..., FakeRecorder]


def check(name: str, answer: Seen, *, phase: str = "dms", volatile: bool = True) -> Check:
    return Check(name, name, Group.TOOLS, Vantage.LAPTOP, lambda: answer, phases=frozenset({phase}), volatile=volatile)


@pytest.fixture
def apply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Apply:
    def run(
        *checks: Check,
        waivers: tuple[Waiver, ...] = (),
        adopts: bool = False,
        given: Mapping[str, object] | None = None,
    ) -> FakeRecorder:
        answers = {key: value for key, value in {**GIVEN, **(given or {})}.items() if value is not None}
        environment = Environment("dev", answers, waivers=waivers)
        here = place()
        whole = Place(environment, here.access, tmp_path, tmp_path, tmp_path)
        monkeypatch.setattr(preflight, "look_from", lambda *_, **__: whole)
        monkeypatch.setattr(preflight, "all_checks", lambda *_: checks)
        request = Request(operation=ev.Operation.APPLY, environment="dev")
        ctx, recorder, _ = context(tmp_path, environment=environment, request=request)
        look_again(ctx, "dms", adopts=adopts)
        return recorder

    return run


def test_a_failure_stops_the_apply_and_names_remedy_and_waiver(apply: Apply) -> None:
    with pytest.raises(WizardError) as caught:
        apply(check("a.fails", failed("It is broken.", FIX)), check("a.fine", passed("fine")))
    assert caught.value.code == "PREFLIGHT-FAILED"
    assert "It is broken." in caught.value.why
    assert FIX.command in caught.value.next_step
    assert "waive a.fails" in caught.value.next_step


def test_a_waiver_lets_it_go_on_until_its_day(apply: Apply) -> None:
    broken = check("a.fails", failed("It is broken."))
    recorder = apply(broken, waivers=(Waiver("a.fails", "known", date(2099, 1, 1)),))
    [gate] = recorder.of(ev.GateChecked)
    assert isinstance(gate, ev.GateChecked)
    assert (gate.outcome, "known" in gate.sentence) == ("pass", True)
    with pytest.raises(WizardError):
        apply(broken, waivers=(Waiver("a.fails", "known", date(2020, 1, 1)),))


def test_what_cannot_be_told_stops_nothing_and_is_recorded_as_unknown(apply: Apply) -> None:
    recorder = apply(check("a.unknown", unsure("Nobody knows.")))
    assert [gate.outcome for gate in recorder.of(ev.GateChecked) if isinstance(gate, ev.GateChecked)] == ["unknown"]


def test_another_phases_failure_is_not_looked_at(apply: Apply) -> None:
    assert apply(check("a.fails", failed("broken"), phase="datasync")).of(ev.GateChecked) == []


def looked(home: Path, *checks: Check) -> None:
    """Somebody looked before."""
    preflight.remember(Home(home), preflight.carry_out(place(), checks))


def test_what_does_not_change_by_itself_is_asked_only_where_it_failed_the_last_time(
    apply: Apply, tmp_path: Path
) -> None:
    steady = check("a.steady", failed("broken"), volatile=False)
    looked(tmp_path, check("a.steady", passed("fine"), volatile=False))
    assert apply(steady).of(ev.GateChecked) == []
    looked(tmp_path, steady)
    with pytest.raises(WizardError):
        apply(steady)
    apply(check("a.steady", passed("mended"), volatile=False))
    assert preflight.last_statuses(Home(tmp_path), "dev") == {"a.steady": "PASS"}


def test_what_nobody_ever_asked_is_asked_before_money_is_spent(apply: Apply) -> None:
    with pytest.raises(WizardError):
        apply(check("a.steady", failed("broken"), volatile=False))
    rehearsed = {"cloud": "rehearsal", "account_id": None, "postgres_host": None}
    steady = check("a.other", failed("broken"), volatile=False)
    assert apply(steady, given=rehearsed).of(ev.GateChecked) == []


def test_a_plan_that_adopts_what_is_there_is_not_stopped_by_its_being_there(apply: Apply, tmp_path: Path) -> None:
    there = check("aws.names", failed("exists"), volatile=False)
    looked(tmp_path, there)
    assert apply(there, adopts=True).of(ev.GateChecked) == []
    with pytest.raises(WizardError):
        apply(there)


def test_what_leaves_something_behind_waits_for_leave() -> None:
    from dataclasses import replace

    from autocorp_wizard.core.preflight.record import SideEffect, Status

    minting = replace(check("a.key", passed("told")), side_effects=SideEffect.MINTS_KEY)
    assert preflight.carry_out(place(), (minting,)).results[0].status is Status.SKIP
    report = preflight.carry_out(place(), (minting,), allowed=(SideEffect.MINTS_KEY,))
    assert report.results[0].status is Status.PASS
