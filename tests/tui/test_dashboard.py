"""The dashboard: rows, promises, everything about the chosen one, and looks that go on however the last one ended."""

from datetime import datetime, timedelta

import pytest
from textual.widgets import OptionList

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.screens.dashboard import EVERY_LOOK, DashboardScreen
from autocorp_wizard.tui.screens.text import TextDialog
from autocorp_wizard.tui.session import Session
from tests.tui.driving import at_step, screen_text, sees, settle, wizard
from tests.tui.fake_status import Observer, report
from tests.tui.fakes import FakeEngine, FakeStore, rehearsal
from tests.tui.handmade import NOW

REFUSED = WizardError("AUTH-EXPIRED", "The session has expired.", next_step="Log in again.")


class Clock:
    """The time of day, as a test says."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def app_with(observer: Observer, clock: Clock | None = None) -> WizardApp:
    if clock is None:
        app = wizard()
    else:
        store, engine = FakeStore(rehearsal()), FakeEngine()
        app = WizardApp(Session(lambda: store, lambda: engine, now=clock))
    app.session.status = observer
    return app


def choose(app: WizardApp, name: str) -> None:
    view = app.screen.query_one("#dashboard-rows", OptionList)
    view.highlighted = [option.id for option in view.options].index(name)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 48)], ids=str)
async def test_rows_promises_and_everything_about_the_chosen_one(size: tuple[int, int]) -> None:
    app = app_with(Observer())
    async with app.run_test(size=size) as pilot:
        app.push_screen(DashboardScreen("rehearsal"))
        screen = await sees(pilot, "broken: something is broken", "State", "88 resources", "FAIL DMS", "Promises")
        assert "\x1b" not in screen
        await pilot.press("n")
        await sees(pilot, "DMS  looked at in 1.4 s", "Lag  fail", "420 s", "5 min ago")
        choose(app, "panel/tasks")
        await sees(pilot, "It needs the permission dms:DescribeReplicationTasks")
        choose(app, "promise/lag")
        await sees(pilot, "measured 420 s, promised 300", "from 15 observations")


async def test_what_is_amiss_is_gone_through_and_begins_again() -> None:
    app = app_with(Observer())
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(DashboardScreen("rehearsal"))
        await sees(pilot, "FAIL DMS")
        view = app.screen.query_one("#dashboard-rows", OptionList)
        seen = []
        for _ in range(4):
            await pilot.press("n")
            assert view.highlighted is not None
            seen.append(view.get_option_at_index(view.highlighted).id)
        assert seen == ["panel/dms", "panel/tasks", "promise/lag", "panel/dms"]


async def test_a_look_that_fails_leaves_what_was_seen_and_says_so() -> None:
    observer = Observer()
    app = app_with(observer)
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(DashboardScreen("rehearsal"))
        await sees(pilot, "FAIL DMS")
        observer.answer = REFUSED
        await pilot.press("g")
        await sees(pilot, "The session has expired. Log in again.", "FAIL DMS", "Looked just now")
        assert not isinstance(app.screen, TextDialog)
        observer.answer = report()
        await pilot.press("g")
        await settle(pilot, lambda: "expired" not in screen_text(app))


async def test_a_first_look_that_fails_shows_no_row() -> None:
    app = app_with(Observer(REFUSED))
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(DashboardScreen("rehearsal"))
        await sees(pilot, "The session has expired.", "Not looked yet")
        assert app.screen.query_one("#dashboard-rows", OptionList).option_count == 0


async def test_it_looks_when_it_is_due_and_never_while_it_is_covered() -> None:
    observer, clock = Observer(), Clock()
    app = app_with(observer, clock)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = DashboardScreen("rehearsal")
        app.push_screen(screen)
        await sees(pilot, "FAIL DMS")
        clock.now += EVERY_LOOK - timedelta(seconds=1)
        screen.look()
        await sees(pilot, "Looked 59 s ago; again in 1s")
        assert observer.asked == 1
        await pilot.press("f1")
        clock.now += timedelta(seconds=5)
        screen._look_again()
        assert observer.asked == 1
        await pilot.press("escape")
        await settle(pilot, lambda: observer.asked == 2)


async def test_everything_about_a_row_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with(Observer())
    copied: list[str] = []

    async def take(text: str, what: str) -> None:
        copied.append(f"{what}|{text}")

    monkeypatch.setattr(app, "copy_out", take)
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(DashboardScreen("rehearsal"))
        await sees(pilot, "FAIL DMS")
        choose(app, "panel/budget")
        await pilot.press("c")
        await settle(pilot, lambda: copied)
    assert copied[0].startswith("Budget")
    assert "not-deployed: phase 1 is not deployed" in copied[0]


async def test_it_is_one_key_from_the_steps_and_the_wizard_can_begin_with_it() -> None:
    app = app_with(Observer())
    async with app.run_test(size=(100, 30)) as pilot:
        await at_step(pilot)
        await pilot.press("w")
        await sees(pilot, "Dashboard", "FAIL DMS")
    store, engine = FakeStore(rehearsal()), FakeEngine()
    app = WizardApp(Session(lambda: store, lambda: engine, now=lambda: NOW), "rehearsal", dashboard=True)
    app.session.status = Observer()
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Dashboard", "FAIL DMS")
        await pilot.press("escape")
        await sees(pilot, "New environment")
