"""The steps that people do: who, where, the exact values, and what proves each. Done without proof reads `claimed`."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from autocorp_wizard.core.checklist import Checklist, Moment, Names, Record, Standing, Step, standing
from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.engine_port import ManualLike
from autocorp_wizard.tui.manual_words import detail_of, line_of
from autocorp_wizard.tui.screens.asking import COMMAND_SIGN, EvidenceDialog, Question, ReasonDialog
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.screens.choose import ChooseDialog
from autocorp_wizard.tui.widgets.action_bar import ActionButton
from autocorp_wizard.tui.widgets.options import HEADING, chosen_id, fill
from autocorp_wizard.tui.words import ago, count, printable


class ManualScreen(WizardScreen):
    """Steps, and the chosen one in full. Opens at the first open step of the phase that it was called from."""

    HELP = """
# Manual steps

What Terraform cannot do. Each step says whose it is, where it is done, why, and with which exact values. *Verify* looks
whether it is done and keeps what was seen: **proven**. Where only a person can tell, *Done* takes a sentence or a file
as evidence: **claimed**. Proofs grow old where things drift; then a step is **expired**. Evidence is shared with the
team through the state bucket; secrets are struck out of it.
"""
    CSS_PATH = "manual.tcss"
    SCOPE: ClassVar[str] = "manual"
    PLACE: ClassVar[str] = "Manual steps"
    BINDINGS = bindings_for("manual")

    def __init__(self, environment: str, moment: str = "") -> None:
        super().__init__()
        self.environment = environment
        self._moment = moment.partition("-")[0]
        self._manual: ManualLike | None = None
        self._standings: list[tuple[Checklist, Standing]] = []
        self._names: Names | None = None
        self._records: Sequence[Record] = ()
        self._looking = ""
        self._only_open = False
        self._hints: list[str] = []

    def compose_body(self) -> ComposeResult:
        """How many are open, the list, the chosen step with its buttons."""
        yield Static("Reading the steps ...", id="manual-sentence")
        with Horizontal(id="manual-columns"):
            yield OptionList(id="manual-steps")
            with Vertical(id="manual-right"):
                with VerticalScroll(id="manual-detail"):
                    yield Static(id="manual-words")
                with Horizontal(classes="buttons"):
                    yield ActionButton("manual.verify", variant="primary")
                    yield ActionButton("manual.copy")
                    yield ActionButton("manual.done", "Done…")
                    yield ActionButton("manual.skip", "Skip…")

    def look(self) -> None:
        """Read where the steps stand."""
        self.run_guarded(self._look())

    async def _look(self) -> None:
        first = not self._standings
        if self._manual is None and self.session.open_manual is not None:
            open_manual = self.session.open_manual
            # Off the screen's own thread: it loads what looks at the cloud and at the source.
            self._manual = await self.session.ask(
                lambda: open_manual(self.session.environment(self.environment), self._hints.append)
            )
        await self.session.ask(self._read)
        if first:
            self._choose_first()
        self._show()
        if first:
            self.query_one("#manual-steps").focus()

    def _read(self) -> None:
        manual = self._manual
        if manual is not None:
            self._records, self._names, now = manual.records(), manual.names, self.session.now()
            self._standings = [
                (checklist, standing(step, self._records, now))
                for checklist in manual.checklists
                for step in checklist.steps
            ]

    def _filled(self, step: Step) -> Step:
        return step if self._names is None else self._names.filled(step)

    def _choose_first(self) -> None:
        here = [each for _, each in self._standings if each.is_open]
        wanted = [each for each in here if each.step.phase.value == self._moment] or here
        self._show()
        if wanted:
            self._highlight(wanted[0].step.id)

    def _highlight(self, step_id: str) -> None:
        view = self.query_one("#manual-steps", OptionList)
        ids = [option.id for option in view.options]
        if step_id in ids:
            view.highlighted = ids.index(step_id)

    def _chosen(self) -> Standing | None:
        name = chosen_id(self.query_one("#manual-steps", OptionList))
        return next((each for _, each in self._standings if each.step.id == name), None)

    def facts(self) -> Facts:
        """What can be done with the chosen step."""
        chosen = self._chosen()
        return Facts(
            environment=self.environment,
            looking=bool(self._looking),
            step=chosen.step.id if chosen else "",
            provable=chosen is not None and chosen.step.has_probe,
            copies=len(self._copies(chosen)),
        )

    def _copies(self, chosen: Standing | None) -> list[tuple[str, str]]:
        """Return the names and texts that can be copied."""
        if chosen is None:
            return []
        step = self._filled(chosen.step)
        return [*step.values.items(), *((f"{each.what} ({each.language})", each.text) for each in step.commands)]

    def _show(self) -> None:
        open_ones = [each for _, each in self._standings if each.is_open]
        here = sum(each.step.phase.value == self._moment for each in open_ones)
        waits = f", {here} of them before {self._moment}" if self._moment in set(Moment) and here else ""
        only = ". Shown are the open ones" if self._only_open else ""
        self.query_one("#manual-sentence", Static).update(
            f"{count(len(self._standings), 'step')}, {len(open_ones)} open{waits}{only}."
        )
        entries: list[tuple[str, Content]] = []
        title = ""
        for checklist, each in self._standings:
            if self._only_open and not each.is_open:
                continue
            if checklist.title != title:
                title = checklist.title
                entries.append((f"{HEADING}{checklist.name}", Content.styled(title, "bold underline")))
            entries.append((each.step.id, line_of(each)))
        fill(self.query_one("#manual-steps", OptionList), entries)
        self._show_detail()

    def _show_detail(self) -> None:
        chosen = self._chosen()
        words = Content("")
        if chosen is not None:
            step = self._filled(chosen.step)
            history = [each for each in self._records if each.step == step.id]
            words = detail_of(step, chosen, history, looking=self._looking == step.id)
            now = self.session.now()
            if chosen.record is not None:
                words = Content.assemble(words, (f"\n\nLast word {ago(chosen.record.at, now)}.", "$muted"))
        self.query_one("#manual-words", Static).update(words)
        self.query_one("#button-manual-verify").display = chosen is not None and chosen.step.has_probe
        self.query_one("#button-manual-copy").display = bool(self._copies(chosen))
        self.refresh_actions()

    @on(OptionList.OptionHighlighted, "#manual-steps")
    def step_chosen(self) -> None:
        """Another step, another detail."""
        self._show_detail()
        self.query_one("#manual-detail", VerticalScroll).scroll_home(animate=False)

    @on(OptionList.OptionSelected, "#manual-steps")
    def step_entered(self) -> None:
        """Enter goes to what can be done with it."""
        for button in self.query(ActionButton):
            if button.display:
                button.focus()
                return

    async def do_verify(self, _: str) -> None:
        """Look, and keep what was seen."""
        chosen, manual = self._chosen(), self._manual
        if chosen is None or manual is None:
            return
        self._looking = chosen.step.id
        self._show_detail()
        try:
            found = await self.session.ask(lambda: manual.verify(chosen.step))
        finally:
            self._looking = ""
        word = {True: "proven", False: "not so", None: "could not be told"}[found.holds]
        self.notify(
            printable(found.sentence),
            title=f"{chosen.step.id}: {word}",
            severity="information" if found.holds else "warning",
            markup=False,
        )
        await self._recorded(manual)

    async def do_done(self, _: str) -> None:
        """Ask for the evidence and keep it."""
        await self._say(EvidenceDialog, _claim)

    async def do_skip(self, _: str) -> None:
        """Ask for the reason and keep it."""
        await self._say(ReasonDialog, lambda manual, step, said: manual.skip(step, said))

    async def _say(
        self, ask: Callable[[Step], Question[str | None]], keep: Callable[[ManualLike, Step, str], object]
    ) -> None:
        chosen, manual = self._chosen(), self._manual
        if chosen is None or manual is None:
            return
        said = await self.app.push_screen_wait(ask(self._filled(chosen.step)))
        if said is not None:
            await self.session.ask(lambda: keep(manual, chosen.step, said))
            await self._recorded(manual)

    async def _recorded(self, manual: ManualLike) -> None:
        """Show what was recorded, share it, and say what should be known about that."""
        await self.session.ask(self._read)
        self._show()
        await self.session.ask(manual.exchange)
        for hint in self._hints:
            self.notify(printable(hint), markup=False)
        self._hints.clear()

    async def do_copy(self, _: str) -> None:
        """Copy the value; where there are several, ask which."""
        copies = self._copies(self._chosen())
        index = 0
        if len(copies) > 1:
            picked = await self.app.push_screen_wait(ChooseDialog("Copy which?", copies))
            if picked is None:
                return
            index = picked
        if copies:
            name, text = copies[index]
            await self.wizard.copy_out(text, name)

    def do_open(self, _: str) -> None:
        """Only what is open, or all."""
        self._only_open = not self._only_open
        self._show()


def _claim(manual: ManualLike, step: Step, said: str) -> object:
    if said.startswith(COMMAND_SIGN):
        return manual.claim_by_output(step, said.removeprefix(COMMAND_SIGN))
    return manual.claim(step, said)
