"""The preflight's screen: three columns, results as they come, and everything that can be done with a check."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Button, Input, OptionList

from autocorp_wizard.core.preflight.record import (
    Seen,
    SideEffect,
    Status,
    passed,
)
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.screens.preflight import PreflightScreen
from tests.tui.driving import screen_text, sees, settle, wizard
from tests.tui.fake_preflight import FIX, Looker


def app_with(looker: Looker) -> WizardApp:
    app = wizard()
    app.session.preflight = looker
    return app


def choose(app: WizardApp, name: str) -> None:
    view = app.screen.query_one("#checks", OptionList)
    view.highlighted = [option.id for option in view.options].index(name)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=str)
async def test_three_columns_at_both_sizes_and_the_first_failure_is_one_key_away(size: tuple[int, int]) -> None:
    app = app_with(Looker())
    async with app.run_test(size=size) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        screen = await sees(pilot, "4 checks: 1 passed, 2 failed, 1 could not be told.", "account", "pg.wal_level")
        assert "Look again" in screen
        await pilot.press("n")
        await sees(pilot, "The wrong account.", "Title of aws.identity")
        choose(app, "pg.wal_level")
        await sees(pilot, "wal_level is [replica].", "What helps", "does not prove that of DMS")


async def test_a_group_shows_its_own_checks() -> None:
    app = app_with(Looker())
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        await sees(pilot, "4 checks")
        app.screen.query_one("#groups", OptionList).highlighted = 3
        await settle(pilot, lambda: app.screen.query_one("#checks", OptionList).option_count == 1)
        assert "net.dms.test" in screen_text(app)


async def test_one_check_and_the_failed_ones_are_looked_at_again() -> None:
    looker = Looker()
    app = app_with(looker)
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        await sees(pilot, "2 failed")
        looker.entries["pg.wal_level"] = (looker.entries["pg.wal_level"][0], passed("wal_level is logical."))
        choose(app, "pg.wal_level")
        await pilot.press("o")
        await sees(pilot, "1 failed")
        await pilot.press("f")
        await settle(pilot, lambda: len(looker.asked) == 3)
        assert looker.asked == [(), ("pg.wal_level",), ("aws.identity", "net.dms.test")]


async def test_what_helps_is_copied() -> None:
    app = app_with(Looker())
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        await sees(pilot, "2 failed")
        choose(app, "pg.wal_level")
        await pilot.pause()
        await pilot.press("c")
        assert app.clipboard == FIX.sql


async def test_packets_are_written_for_those_who_apply_them(tmp_path: Path) -> None:
    app = app_with(Looker())
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        await sees(pilot, "2 failed")
        await pilot.press("x")
        await sees(pilot, "One file for each who applies it", "source.sql")
        (tmp_path / "taken").write_text("a file")
        field = app.screen.query_one("#folder", Input)
        field.value = str(tmp_path / "taken")
        await pilot.press("enter")
        await sees(pilot, "taken is a file.")
        field.value = str(tmp_path / "out")
        await pilot.press("enter")
        await settle(pilot, (tmp_path / "out" / "source.sql").exists)
        await settle(pilot, lambda: isinstance(app.screen, PreflightScreen))
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["source.sql"]
    assert FIX.sql in (tmp_path / "out" / "source.sql").read_text()


async def test_a_waiver_wants_reason_and_day_and_the_id_of_what_guards_the_data() -> None:
    app = app_with(Looker())
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        await sees(pilot, "2 failed")
        choose(app, "aws.identity")
        await pilot.pause()
        await pilot.press("w")
        await sees(pilot, "Live with it until a day")
        app.screen.query_one("#accept", Button).press()
        await sees(pilot, "A waiver needs a reason.")
        app.screen.query_one("#reason", Input).value = "a drill"
        app.screen.query_one("#until", Input).value = "2099-01-01"
        app.screen.query_one("#accept", Button).press()
        await sees(pilot, "Type aws.identity to waive it.")
        app.screen.query_one("#typed", Input).value = "aws.identity"
        app.screen.query_one("#accept", Button).press()
        await sees(pilot, "1 waived")
        [waiver] = app.session.environment("rehearsal").waivers
        assert (waiver.check, waiver.reason, waiver.until.isoformat()) == ("aws.identity", "a drill", "2099-01-01")
        choose(app, "pg.wal_level")
        await pilot.pause()
        await pilot.press("W")
        await settle(pilot, lambda: any("not now" in (each.title or "") for each in app._notifications))
        choose(app, "aws.identity")
        await pilot.pause()
        await pilot.press("W")
        await sees(pilot, "2 failed")
        assert app.session.environment("rehearsal").waivers == ()


async def test_a_pass_cannot_be_waived_and_says_why() -> None:
    app = app_with(Looker())
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        await sees(pilot, "2 failed")
        choose(app, "tool.terraform")
        await pilot.pause()
        await pilot.press("w")
        await settle(pilot, lambda: any("not now" in (each.title or "") for each in app._notifications))
        assert isinstance(app.screen, PreflightScreen)


async def test_a_check_that_leaves_something_behind_asks_first() -> None:
    looker = Looker()
    check, _ = looker.entries["pg.wal_level"]
    slot = replace(check, id="pg.slot.probe", side_effects=SideEffect.TEMPORARY_SLOT)
    looker.entries["pg.slot.probe"] = (slot, Seen(Status.SKIP, "It asks first."))
    app = app_with(looker)
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(PreflightScreen("rehearsal"))
        await sees(pilot, "1 skipped")
        choose(app, "pg.slot.probe")
        await pilot.pause()
        await pilot.press("o")
        await sees(pilot, "replication slot for a moment")
        await pilot.press("escape")
        await settle(pilot, lambda: isinstance(app.screen, PreflightScreen))
        await pilot.press("o")
        await sees(pilot, "replication slot for a moment")
        app.screen.query_one("#accept", Button).press()
        await settle(pilot, lambda: len(looker.asked) == 2)
        assert (looker.asked[1], looker.allowed[1]) == (("pg.slot.probe",), (SideEffect.TEMPORARY_SLOT,))
