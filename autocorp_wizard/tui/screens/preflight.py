"""The preflight in three columns: groups, checks, and what a check saw; results come in as they are found."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from autocorp_wizard.adapters.person import who
from autocorp_wizard.core.environment import Environment, Waiver
from autocorp_wizard.core.preflight.packets import packets
from autocorp_wizard.core.preflight.record import Group, Result, SideEffect, Status, Variant
from autocorp_wizard.core.preflight.report import Report, under_waivers
from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.preflight_words import detail_of, line_of
from autocorp_wizard.tui.screens.asking import FolderDialog
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.screens.leave import LeaveDialog
from autocorp_wizard.tui.screens.waive import WaiveDialog
from autocorp_wizard.tui.widgets.options import chosen_id, fill
from autocorp_wizard.tui.words import count, printable

_ALL = "all"
_OPEN = (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)


class PreflightScreen(WizardScreen):
    """Groups, checks, detail."""

    HELP = """
# Preflight

Each check says from where it looks, what it proves and what it does not. **FAIL** keeps its phase from being applied;
**INCONCLUSIVE** could not be looked at, or not from here: it is never shown as a pass. One failure is counted once;
what needs it is skipped and names it. **Waive** lives with a check until a day.
"""
    CSS_PATH = "preflight.tcss"
    SCOPE: ClassVar[str] = "preflight"
    PLACE: ClassVar[str] = "Preflight"
    BINDINGS = bindings_for("preflight")

    def __init__(self, environment: str) -> None:
        super().__init__()
        self.environment = environment
        self._results: dict[str, Result] = {}
        self._notes: tuple[str, ...] = ()
        self._looking = False
        self._group = _ALL

    def compose_body(self) -> ComposeResult:
        """One line that says how it stands, then the columns."""
        yield Static("Looking...", id="preflight-sentence")
        with Horizontal(id="preflight-columns"):
            yield OptionList(id="groups")
            yield OptionList(id="checks")
            with VerticalScroll(id="preflight-detail"):
                yield Static(id="preflight-words")

    def on_mount(self) -> None:
        """Look at once."""
        self.query_one("#checks").focus()
        self._show()
        self._begin(())

    def facts(self) -> Facts:
        """What can be done with the chosen check."""
        chosen = self._chosen()
        return Facts(
            environment=self.environment,
            looking=self._looking,
            causes=len(self.report.causes),
            fix=chosen is not None and bool(chosen.seen.remedies),
            waivable=chosen is not None and chosen.seen.status in _OPEN,
            waived=chosen is not None and bool(chosen.waiver or chosen.expired),
        )

    @property
    def report(self) -> Report:
        """What is known by now: the last look, and on top of it what was looked at again."""
        return Report(self.environment, self.session.now(), tuple(self._results.values()), notes=self._notes)

    def _begin(self, ids: Sequence[str], allowed: Sequence[SideEffect] = ()) -> None:
        self._looking = True
        self.refresh_actions()
        self.run_guarded(self._look_at(ids, allowed))

    async def _look_at(self, ids: Sequence[str], allowed: Sequence[SideEffect]) -> None:
        ask = self.session.preflight
        try:
            if ask is None:
                return
            environment = self.session.environment(self.environment)
            report = await self.session.ask(lambda: ask(environment, ids, allowed, self._hear))
            self._notes = report.notes
            found = {each.check.id: each for each in report.results}
            self._results = {**self._results, **found} if ids else found
        finally:
            self._looking = False
            if self.is_mounted:
                self._show()

    def _hear(self, result: Result) -> None:
        """Take a result from the thread that looks."""
        if self.is_mounted:
            self.app.call_from_thread(self._take, result)

    def _take(self, result: Result) -> None:
        self._results[result.check.id] = result
        if self.is_mounted:
            self._show()

    def _shown(self) -> list[Result]:
        return [each for each in self.report.ordered if self._group in (_ALL, each.check.group.value)]

    def _chosen(self) -> Result | None:
        return self._results.get(chosen_id(self.query_one("#checks", OptionList)))

    def _show(self) -> None:
        report = self.report
        said = " ".join((report.sentence, *(["Still looking..."] if self._looking else report.notes)))
        self.query_one("#preflight-sentence", Static).update(Content(printable(said)))
        groups = [(_ALL, len(report.causes))] + [
            (group.value, sum(each.check.group is group for each in report.causes)) for group in Group
        ]
        fill(
            self.query_one("#groups", OptionList),
            [(name, Content.assemble(name, (f" {count}" if count else "", "$warning"))) for name, count in groups],
        )
        fill(self.query_one("#checks", OptionList), [(each.check.id, line_of(each)) for each in self._shown()])
        self._show_detail()

    def _show_detail(self) -> None:
        chosen = self._chosen()
        self.query_one("#preflight-words", Static).update(detail_of(chosen) if chosen else "")
        self.refresh_actions()

    @on(OptionList.OptionHighlighted, "#groups")
    def group_chosen(self, event: OptionList.OptionHighlighted) -> None:
        """Another group, other checks."""
        name = event.option.id or _ALL
        if name != self._group:
            self._group = name
            self._show()

    @on(OptionList.OptionHighlighted, "#checks")
    def check_chosen(self) -> None:
        """Another check, another detail."""
        self._show_detail()

    def do_again(self, _: str) -> None:
        """Look at everything."""
        self._begin(())

    async def do_one(self, _: str) -> None:
        """Look at the chosen one; what leaves something behind asks first."""
        chosen = self._chosen()
        if chosen is None:
            return
        effect = chosen.check.side_effects
        if effect is SideEffect.NONE:
            self._begin((chosen.check.id,))
        elif await self.app.push_screen_wait(LeaveDialog(chosen.check.id, effect)):
            self._begin((chosen.check.id,), (effect,))

    def do_failed(self, _: str) -> None:
        """Look at what was not well."""
        wanted = [each.check.id for each in self._results.values() if each.status in _OPEN or each.blocked_by]
        if wanted:
            self._begin(wanted)

    def do_first(self, _: str) -> None:
        """Go to the root cause that comes first."""
        causes = self.report.causes
        if not causes:
            return
        self._group = _ALL
        self._show()
        names = [each.check.id for each in self._shown()]
        view = self.query_one("#checks", OptionList)
        view.highlighted = names.index(causes[0].check.id)
        view.focus()

    async def do_copy(self, _: str) -> None:
        """Copy what helps."""
        chosen = self._chosen()
        if chosen is not None and chosen.seen.remedies:
            fitting = [each for each in chosen.seen.remedies if each.variant in (Variant.ANY, Variant.SELF_MANAGED)]
            text = "\n".join(each.copy for each in fitting or chosen.seen.remedies)
            await self.wizard.copy_out(text, text)

    async def do_export(self, _: str) -> None:
        """Ask for a folder and write the packets there."""
        from autocorp_wizard.adapters.packet_files import write_packets

        found = packets(self.report)
        if not found:
            self.notify("What is open has nothing that somebody could apply.", markup=False)
            return
        words = "One file for each who applies it: " + ", ".join(each.name for each in found) + "."
        proposed = Path.cwd() / f"preflight-{self.environment}"
        folder = await self.app.push_screen_wait(FolderDialog("Packets for those who help", proposed, words))
        if folder is not None:
            written = await self.session.ask(lambda: write_packets(folder, found))
            self.notify(
                f"{count(len(written), 'packet')} {'is' if len(written) == 1 else 'are'} in {folder}.", markup=False
            )

    async def do_waive(self, _: str) -> None:
        """Ask for reason and day, then write the waiver down."""
        chosen = self._chosen()
        if chosen is None:
            return
        dialog = WaiveDialog(
            chosen.check.id,
            chosen.seen.summary,
            today=self.session.now().date(),
            by=who(),
            integrity=chosen.check.integrity,
        )
        waiver = await self.app.push_screen_wait(dialog)
        if waiver is not None:
            await self._keep(chosen.check.id, waiver)

    async def do_revoke(self, _: str) -> None:
        """Take the waiver of the chosen check back."""
        chosen = self._chosen()
        if chosen is not None:
            await self._keep(chosen.check.id)

    async def _keep(self, check: str, *waivers: Waiver) -> None:
        """Let a check stand under these waivers alone, in the environment's file and on the screen."""
        environment = await self.session.ask(lambda: self._save(check, waivers))
        plain = (replace(each, waiver=None, was=None, expired="") for each in self._results.values())
        found = under_waivers(plain, environment.waivers, self.session.now().date())
        self._results = {each.check.id: each for each in found}
        self._show()

    def _save(self, check: str, waivers: Sequence[Waiver]) -> Environment:
        environment = self.session.environment(self.environment)
        others = tuple(each for each in environment.waivers if each.check != check)
        return self.session.save(replace(environment, waivers=(*others, *waivers)))
