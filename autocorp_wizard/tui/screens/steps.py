"""The steps of one environment as a map: any step is two keys away, and each says where it stands."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from autocorp_wizard.core.events import Operation, SettingChecked
from autocorp_wizard.core.phases import AVAILABLE, STAGES
from autocorp_wizard.tui import requests
from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.overview import Overview, Step, StepStatus, first_open, steps_of
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.screens.destroying import Destroying
from autocorp_wizard.tui.screens.environment_form import EnvironmentForm
from autocorp_wizard.tui.screens.panes import BootstrapPane, PhasePane
from autocorp_wizard.tui.widgets.step_list import StepList, status_words


class StepsScreen(WizardScreen):
    """One environment. Opens at the step that wants attention."""

    CSS_PATH = "steps.tcss"
    SCOPE: ClassVar[str] = "steps"
    PLACE: ClassVar[str] = "Steps"
    EVERY: ClassVar[float] = 2.0
    BINDINGS = bindings_for("steps")

    chosen: reactive[int] = reactive(0, init=False)

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self.environment = overview.environment
        self.overview = overview
        self.steps: tuple[Step, ...] = steps_of(overview)
        self.set_reactive(StepsScreen.chosen, first_open(self.steps))
        self._settings: list[SettingChecked] = []
        self._bootstrap_seen = ""

    def page(self) -> str:
        """The page of the step that is shown."""
        return {"environment": EnvironmentForm.HELP, "bootstrap": BootstrapPane.HELP}.get(
            self.steps[self.chosen].key, PhasePane.HELP
        )

    def compose_body(self) -> ComposeResult:
        """Sidebar (or one line on a narrow screen) and the step."""
        yield Static(id="where")
        with Horizontal(id="columns"):
            yield StepList(id="map")
            with ContentSwitcher(id="panes", initial="pane-environment"):
                draft = self.wizard.drafts.get(self.environment, {})
                yield EnvironmentForm(
                    self.session.environment(self.environment),
                    draft,
                    is_saved=self.session.store.exists(self.environment),
                )
                yield BootstrapPane(id="pane-bootstrap")
                for stage in STAGES:
                    if stage.phase in AVAILABLE:
                        yield PhasePane(id=f"pane-{stage.name}")

    @property
    def form(self) -> EnvironmentForm:
        """The form of answers."""
        return self.query_one(EnvironmentForm)

    def on_mount(self) -> None:
        """Show what is known already as soon as there is something to show it on."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._show()
        self.call_after_refresh(self._focus_primary)

    def look(self) -> None:
        """Read the environment and its runs again."""
        self.run_guarded(self._look())

    def at_next(self, overview: Overview) -> None:
        """Show the step that wants attention, by what was just seen."""
        self.overview, self.steps = overview, steps_of(overview)
        self.set_reactive(StepsScreen.chosen, first_open(self.steps))
        self._begin()

    async def _look(self) -> None:
        overview = await self.session.ask(lambda: self.session.overview(self.environment))
        await self._read_settings(overview)
        before = self.steps[self.chosen].status
        self.overview, self.steps = overview, steps_of(overview)
        if before is not StepStatus.DONE and self.steps[self.chosen].status is StepStatus.DONE:
            self.set_reactive(StepsScreen.chosen, first_open(self.steps))
            self._show()
            self.call_after_refresh(self._focus_primary)
        else:
            self._show()

    async def _read_settings(self, overview: Overview) -> None:
        """Fold the last bootstrap, once: its settings are shown."""
        done = (r for r in overview.runs if r.operation == Operation.BOOTSTRAP and r.status == "succeeded")
        record = next(done, None)
        if record is not None and record.run != self._bootstrap_seen:
            self._bootstrap_seen = record.run
            self._settings = (await self.session.ask(lambda: self.session.engine.state(record.run))).settings

    def _show(self) -> None:
        if not self.is_mounted:
            return
        step, now = self.steps[self.chosen], self.session.now()
        self.show_identity(self.overview)
        self.query_one(StepList).show(self.steps, self.chosen)
        self.query_one("#where", Static).update(self._where(step))
        self.query_one("#panes", ContentSwitcher).current = f"pane-{step.key}"
        if step.key == "bootstrap":
            self.query_one(BootstrapPane).show(step, self.overview, self._settings, now)
        elif step.key != "environment":
            self.query_one(f"#pane-{step.key}", PhasePane).show(step, self.overview, now)
        self.refresh_actions()

    def _where(self, step: Step) -> Content:
        return Content.assemble(
            (f"{self.chosen + 1}/{len(self.steps)} {step.title}", "bold"),
            "  ",
            status_words(step),
            ("   [ ] other steps" if len(self.steps) > 1 else "", "$muted"),
        )

    def watch_chosen(self) -> None:
        """Another step is shown."""
        self._show()

    @on(StepList.Chosen)
    def step_chosen(self, event: StepList.Chosen) -> None:
        """Moving shows; Enter goes in."""
        self.chosen = event.index
        if event.entered:
            self._focus_primary()

    def _focus_primary(self) -> None:
        """Put the focus where Enter does the next thing; on the map, where there is nothing to do."""
        key = self.steps[self.chosen].key
        if key == "environment" and not self.session.environment(self.environment).is_rehearsal:
            selector = "Input, Select"  # real answers are wanted; a rehearsal's need only be saved
        else:
            selector = "ActionButton.-primary"
        for widget in self.query_one(f"#pane-{key}").query(selector):
            if widget.focusable and all(
                node.display for node in widget.ancestors_with_self if isinstance(node, Widget)
            ):
                widget.focus()
                return
        if self.query_one(StepList).display:
            self.query_one(StepList).focus()

    def facts(self) -> Facts:
        """What can be done here."""
        step, overview = self.steps[self.chosen], self.overview
        reviewable = overview.reviewable(step.key if step.phase else STAGES[0].name)
        return Facts(
            environment=self.environment,
            saved=overview.saved,
            problems=len(overview.problems),
            bootstrapped=overview.bootstrapped,
            deployed=bool(overview.phases),
            live=overview.live.run if overview.live else "",
            lost=overview.lost.run if overview.lost else "",
            step=step.key,
            is_phase=step.phase is not None,
            provable=overview.is_provable(step),
            reviewable=reviewable.run if reviewable else "",
        )

    def do_jump(self, key: str) -> None:
        """Go to the step of that number."""
        if key.isdigit() and int(key) <= len(self.steps):
            self.chosen = int(key) - 1
            self._focus_primary()

    def do_preflight(self, _: str) -> None:
        """Show the checks."""
        from autocorp_wizard.tui.screens.preflight import PreflightScreen

        self.app.push_screen(PreflightScreen(self.environment))

    def do_dashboard(self, _: str) -> None:
        """Show how the lake does."""
        self.wizard.show_dashboard(self.environment)

    def do_manual(self, _: str) -> None:
        """Show the steps that people do."""
        from autocorp_wizard.tui.screens.manual import ManualScreen

        self.app.push_screen(ManualScreen(self.environment, self.steps[self.chosen].key))

    def do_next(self, _: str) -> None:
        """Go one step on."""
        self.chosen = min(self.chosen + 1, len(self.steps) - 1)
        self._focus_primary()

    def do_previous(self, _: str) -> None:
        """Go one step back; answers stay."""
        self.chosen = max(self.chosen - 1, 0)
        self._focus_primary()

    async def do_save(self, _: str) -> None:
        """Save the answers, then go to the next open step."""
        environment = self.form.collect()
        if environment is None:
            self.chosen = 0
            return
        saved = await self.session.ask(lambda: self.session.save(environment))
        self.wizard.drafts.pop(self.environment, None)
        self.form.saved(saved)
        self.notify(f"The answers of {saved.name} are saved.", markup=False)
        await self._look()
        if self.chosen == 0 and self.steps[0].status is StepStatus.DONE:
            self.chosen = first_open(self.steps)
            self._focus_primary()

    def do_diff(self, _: str) -> None:
        """Show what the answers as they stand would change."""
        from autocorp_wizard.tui.screens.text import TextDialog

        self.app.push_screen(TextDialog(f"Changes of {self.environment}", self.form.changes()))

    async def do_bootstrap(self, _: str) -> None:
        """Create the remote state (safe to repeat)."""
        await self._bootstrap("create")

    async def do_adopt(self, _: str) -> None:
        """Mend a bucket that exists."""
        await self._bootstrap("adopt")

    async def do_verify(self, _: str) -> None:
        """Only look."""
        await self._bootstrap("verify")

    async def _bootstrap(self, mode: str) -> None:
        await self.wizard.start_run(requests.bootstrap(self.environment, mode))

    async def do_plan(self, _: str) -> None:
        """Plan the stage that is shown."""
        step = self.steps[self.chosen]
        phase = step.phase
        if phase is None:
            return
        # The first plan of an environment writes the source's password; later ones say so where they need it.
        secrets = {} if self.overview.phases else await self.wizard.ask_secret(self.environment)
        if secrets is None:
            return
        await self.wizard.start_run(requests.plan(self.environment, phase, step.key), secrets)

    async def do_prove(self, _: str) -> None:
        """Do what follows the stage once more."""
        step = self.steps[self.chosen]
        if step.phase is not None:
            await self.wizard.start_run(requests.prove(self.environment, step.phase, step.key))

    def do_review(self, _: str) -> None:
        """Open the plan that waits."""
        self.wizard.review(self.facts().reviewable, self.environment)

    def do_watch(self, _: str) -> None:
        """Watch what goes on."""
        if self.overview.live is not None:
            self.wizard.show_run(self.overview.live.run, self.environment)

    async def do_recover(self, _: str) -> None:
        """Recover what was lost."""
        if self.overview.lost is not None:
            await self.wizard.start_run(requests.recovery(self.overview.lost))

    async def do_destroy(self, _: str) -> None:
        """Ask for the name, then take the deployment down."""
        step = self.steps[self.chosen]
        request = await Destroying(self.wizard, self.overview, step.phase).ask()
        if request is not None:
            await self.wizard.start_run(request)

    def leaving(self) -> None:
        """Put what was typed and not saved aside."""
        self.wizard.drafts[self.environment] = self.form.draft
