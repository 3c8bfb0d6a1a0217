"""Manual steps: said by a person they read claimed, seen by the wizard proven; values are copied, not typed again."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from autocorp_wizard.tui.app import WizardApp
from tests.tui.driving import at_step, sees, settle, wizard
from tests.tui.fake_manual import FakeFinding, FakeManual
from tests.tui.fakes import bootstrapped

SMALL = (80, 24)


@pytest.fixture
def manual() -> FakeManual:
    """The packaged steps, nothing recorded."""
    return FakeManual()


@pytest.fixture
def app(manual: FakeManual, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WizardApp:
    """A wizard on a bootstrapped rehearsal, in a terminal that takes what is copied."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    made = wizard(bootstrapped())
    made.session.open_manual = lambda _, hint: manual
    made.session.copied_file = tmp_path / "copied.txt"
    return made


async def opened(pilot: Pilot[int], step: str) -> None:
    """The screen, at a step."""
    await at_step(pilot)
    await pilot.press("c")
    await sees(pilot, "open")
    view = pilot.app.screen.query_one("#manual-steps", OptionList)
    view.highlighted = [option.id for option in view.options].index(step)


async def test_it_opens_at_the_first_open_step_of_the_phase(app: WizardApp) -> None:
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await at_step(pilot)
        await pilot.press("c")
        await sees(pilot, "of them before foundation", "Look at the quotas before the", "Who: account-administrator")


async def test_a_step_that_the_wizard_saw_is_proven_and_shared(app: WizardApp, manual: FakeManual) -> None:
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot, "source-role")
        await sees(pilot, "Create the replication user", "todo")
        await pilot.press("v")
        await sees(pilot, "✓ proven", "source-role: proven")
        await settle(pilot, lambda: manual.exchanged == 1)


async def test_a_look_that_says_no_leaves_the_step_open_and_says_what_it_saw(
    app: WizardApp, manual: FakeManual
) -> None:
    manual.finds = FakeFinding(False, "The role may not replicate.")
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot, "source-role")
        await pilot.press("v")
        await sees(pilot, "○ todo", "looked at: not so", "source-role: not so")


async def test_what_nobody_could_look_at_is_not_recorded(app: WizardApp, manual: FakeManual) -> None:
    manual.finds = FakeFinding(None, "The source cannot be reached.")
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot, "source-role")
        await pilot.press("v")
        await sees(pilot, "could not be told", "The source cannot be reached.", "○ todo")
    assert manual.kept == []


async def test_somebodys_word_is_a_claim_and_an_empty_one_is_none(app: WizardApp, manual: FakeManual) -> None:
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot, "source-disk")
        await pilot.press("v")
        await sees(pilot, "Verify: not now", "Only a person can tell")
        await pilot.press("d")
        await sees(pilot, "Evidence that is wanted")
        await pilot.press("enter")
        await sees(pilot, "Say what was done and where it can be seen.")
        assert manual.kept == []
        app.screen.query_one("#said", Input).value = "200 GB kept free, ticket 4711"
        await pilot.press("enter")
        await sees(pilot, "◐ claimed", "200 GB kept free", "kim@desk")
    assert [(each.step, each.kind.value) for each in manual.kept] == [("source-disk", "claimed")]


async def test_the_output_of_a_command_is_evidence(app: WizardApp, manual: FakeManual) -> None:
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot, "source-disk")
        await pilot.press("d")
        await sees(pilot, "$ COMMAND")
        app.screen.query_one("#said", Input).value = "$ df -h"
        await pilot.press("enter")
        await sees(pilot, "◐ claimed", "output of df -h")
    assert [each.text for each in manual.kept] == ["output of df -h"]


async def test_a_step_is_skipped_with_a_reason_and_open_ones_can_be_shown_alone(
    app: WizardApp, manual: FakeManual
) -> None:
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await opened(pilot, "account-dms-roles")
        await pilot.press("s")
        await sees(pilot, "Not needed here")
        app.screen.query_one("#said", Input).value = "The platform team owns them"
        await pilot.press("enter")
        await sees(pilot, "- skipped", "The platform team owns")
        await pilot.press("o")
        await sees(pilot, "Shown are the open ones")
        view = app.screen.query_one("#manual-steps", OptionList)
        assert "account-dms-roles" not in [option.id for option in view.options]


async def test_a_value_is_copied_exactly_and_the_way_is_said(
    app: WizardApp, manual: FakeManual, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(app, "copy_to_clipboard", sent.append)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot, "source-role")
        await pilot.press("c")
        await sees(pilot, "Copy which?")
        await pilot.press("down", "enter")
        await sees(pilot, "Copied by the terminal (OSC 52).")
    step = next(step for each in manual.checklists for step in each.steps if step.id == "source-role")
    assert sent == [list(manual.names.filled(step).values.values())[1]]
