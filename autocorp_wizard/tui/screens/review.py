"""The plan, for a person to judge. What is reviewed here is what is applied: the button carries counts and digest."""

from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from autocorp_wizard.core.events import Action
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.risk import STOPPING
from autocorp_wizard.tui import requests
from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.overview import Overview
from autocorp_wizard.tui.screens.asking import FileDialog
from autocorp_wizard.tui.screens.base import BUTTON, WizardScreen
from autocorp_wizard.tui.screens.dialogs import ConfirmName
from autocorp_wizard.tui.widgets.action_bar import ActionButton
from autocorp_wizard.tui.widgets.change_detail import ChangeDetail
from autocorp_wizard.tui.widgets.plan_tree import PlanTree
from autocorp_wizard.tui.words import count, counts

SECRET_TYPE: Final = "aws_secretsmanager_secret_version"  # noqa: S105  (a resource type)
_FORMATS: Final = "A name that ends in .md gives a page for a ticket, any other gives JSON."
_WRITING: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE})


class ReviewScreen(WizardScreen):
    """One saved plan."""

    HELP = """
# Plan review

Risks come first, then the changes by phase, module and action. Enter opens a change: its attributes before and after,
and why it is replaced where it is. *Find* takes words and the terms `risk:`, `action:`, `phase:`, `module:`, `type:`,
`attribute:` (a minus turns one around): `risk:any -phase:glue`.

The button applies exactly this plan, once; if the sources, the state or the answers have changed since, it is refused.
A plan that loses data asks for the environment's name.
"""
    CSS_PATH = "review.tcss"
    SCOPE: ClassVar[str] = "review"
    PLACE: ClassVar[str] = "Plan review"
    BINDINGS = bindings_for("review")

    def __init__(self, run: str, environment: str) -> None:
        super().__init__()
        self.run_name = run
        self.environment = environment
        self.plan: Plan | None = None
        self._overview = Overview("")
        self._outdated: tuple[str, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Summary, tree (and detail), search, button."""
        yield Static("Reading the plan …", id="summary")
        with Horizontal(id="main"):
            yield PlanTree(id="tree")
            yield ChangeDetail(id="detail")
        yield Input(
            placeholder="words, or risk:any action:delete phase:dms type:s3 -module:iam; Esc shows all",
            id="find",
            compact=True,
        )
        with Horizontal(classes="buttons", id="verdict"):
            yield ActionButton("review.approve", "Apply", variant="success")
            yield ActionButton("app.back", "Not now")

    def on_mount(self) -> None:
        """Hide the search."""
        self.query_one("#find").display = False
        self.query_one("#tree").focus()

    def look(self) -> None:
        """Read the plan once, and the environment each time."""
        self.run_guarded(self._look())

    async def _look(self) -> None:
        if self.plan is None:
            self.plan = await self.session.ask(lambda: self.session.engine.plan(self.run_name))
            self._show_plan(self.plan)
        name = self.plan.environment
        self._overview = await self.session.ask(lambda: self.session.overview(name))
        outdated = await self.session.ask(lambda: self.session.outdated(self.run_name, name))
        if outdated != self._outdated:
            self._outdated = outdated
            self._show_summary(self.plan)
        self.show_identity(self._overview)
        self.refresh_actions()

    def _show_plan(self, plan: Plan) -> None:
        self._show_summary(plan)
        words = _words(plan)
        tree = self.query_one(PlanTree)
        tree.border_title = count(len(plan.changes), "change")
        tree.show(plan)
        button = self.query_one("#button-review-approve", ActionButton)
        button.label = Content(f"Apply {words} · {plan.short_digest}") if plan.changed else Content("Nothing to apply")
        button.variant = "error" if self._loses(plan) else "success"
        button.refresh(layout=True)  # a label of another length does not ask for room by itself

    def _show_summary(self, plan: Plan) -> None:
        words = _words(plan)
        risks = count(len(plan.risks), "risk") if plan.risks else "no risk found"
        self.query_one("#summary", Static).update(
            Content.assemble(
                (f"{words}", "bold"),
                "   ",
                (risks, "bold $error" if plan.risks else "$success"),
                (f"   {plan.stage or plan.phase} on {plan.environment}   digest {plan.short_digest}", "$muted"),
                (
                    f"\nOutdated: {', '.join(self._outdated)} changed since; plan again." if self._outdated else "",
                    "bold $warning",
                ),
            )
        )

    def facts(self) -> Facts:
        """What can be done here."""
        plan, live = self.plan, self._overview.live
        return Facts(
            environment=plan.environment if plan else "",
            digest=plan.digest if plan else "",
            has_changes=bool(plan and plan.changed),
            outdated=", ".join(self._outdated),
            risks=len(plan.risks) if plan else 0,
            live=live.run if live else "",
            run=self.run_name,
        )

    @on(PlanTree.Highlighted)
    def highlighted(self, event: PlanTree.Highlighted) -> None:
        """The detail follows the cursor."""
        plan = self.plan
        if plan is not None and event.address:
            change = next((change for change in plan.changes if change.address == event.address), None)
            self.query_one(ChangeDetail).show(change, plan.risks_of(event.address))

    @on(Input.Changed, "#find")
    def filtered(self, event: Input.Changed) -> None:
        """Filter while typing."""
        tree = self.query_one(PlanTree)
        found = tree.search(event.value.strip())
        total = len(self.plan.changes) if self.plan else 0
        tree.border_title = f"{found} of {count(total, 'change')}" if event.value.strip() else count(total, "change")

    @on(Input.Submitted, "#find")
    def found(self) -> None:
        """On to the tree."""
        self.query_one(PlanTree).focus()

    def do_find(self, _: str) -> None:
        """Open the search."""
        field = self.query_one("#find", Input)
        field.display = True
        field.focus()

    def close_find(self) -> bool:
        """Close the search, where it is open; return whether it was."""
        field = self.query_one("#find", Input)
        if not field.display:
            return False
        field.value = ""
        field.display = False
        self.query_one(PlanTree).focus()
        return True

    def do_risk(self, _: str) -> None:
        """Go to the next risk."""
        tree = self.query_one(PlanTree)
        tree.next_risk()
        tree.focus()

    async def do_export(self, _: str) -> None:
        """Ask for a file and write the plan there."""
        from autocorp_wizard.adapters.plan_file import write_plan

        plan = self.plan
        if plan is None:
            return
        name = f"plan-{plan.environment}-{plan.stage or plan.phase}-{plan.digest[:8]}.md"
        path = await self.app.push_screen_wait(FileDialog("Export the plan", Path.cwd() / name, _FORMATS))
        if path is not None:
            target = await self.session.ask(lambda: write_plan(path, plan, self.run_name))
            self.notify(f"The plan is in {target}.", markup=False)

    def do_expand(self, _: str) -> None:
        """Open or close all branches."""
        self.query_one(PlanTree).toggle_all()

    async def do_approve(self, key: str) -> None:
        """The key leads to the button; only the button, pressed, applies."""
        if key != BUTTON:
            self.query_one("#button-review-approve").focus()
            return
        plan = self.plan
        if plan is None:
            return
        confirm = ""
        if self._loses(plan) or self._overview.production:
            confirm = await self._ask_name(plan) or ""
            if not confirm:
                return
        secrets = await self._ask_secret(plan)
        if secrets is None:
            return
        request = requests.apply(plan, self.run_name, confirm)
        await self.wizard.start_run(request, secrets, replacing=True)

    def _loses(self, plan: Plan) -> bool:
        return any(risk.kind in STOPPING for risk in plan.risks)

    async def _ask_name(self, plan: Plan) -> str | None:
        losses = [risk.sentence for risk in plan.risks if risk.kind in STOPPING]
        return await self.app.push_screen_wait(
            ConfirmName(
                plan.environment,
                title=f"Apply to {plan.environment}",
                verb="apply",
                losses=losses or [f"{counts(plan.counts)}; nothing is lost by it"],
                production=self._overview.production,
            )
        )

    async def _ask_secret(self, plan: Plan) -> dict[str, str] | None:
        """Return the secrets that the plan needs ({} for none), None where the person went back."""
        writes = any(change.resource_type == SECRET_TYPE and change.action in _WRITING for change in plan.changes)
        return await self.wizard.ask_secret(plan.environment) if writes else {}


def _words(plan: Plan) -> str:
    return counts(plan.counts) if plan.changes or not plan.changed else "outputs only"
