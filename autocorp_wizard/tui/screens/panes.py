"""What the steps screen shows for the step that is chosen: bootstrap and the phases (the form is a file of its own)."""

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from autocorp_wizard.core.answers import show
from autocorp_wizard.core.dependants import touching
from autocorp_wizard.core.events import Operation, SettingChecked
from autocorp_wizard.tui.overview import Overview, Step, StepStatus, stage_of
from autocorp_wizard.tui.widgets.action_bar import ActionButton
from autocorp_wizard.tui.widgets.settings_table import SettingsTable
from autocorp_wizard.tui.widgets.step_list import status_words
from autocorp_wizard.tui.words import ago, count, printable


class BootstrapPane(VerticalScroll, can_focus=False):
    """The remote state: three doors, and the settings as they were last seen."""

    HELP = """
# Bootstrap

Terraform keeps what it knows in a **state** file. It lies in a bucket of its own: versioned, encrypted, TLS only,
closed to the public, owned by the right account. *Create* makes it (and is safe to repeat), *adopt and fix* takes a
bucket that exists and mends its settings, *verify only* looks and changes nothing.
"""

    def compose(self) -> ComposeResult:
        """Words, doors, table."""
        yield Static(classes="heading")
        with Horizontal(classes="buttons"):
            yield ActionButton("steps.bootstrap", "Create", variant="primary")
            yield ActionButton("steps.adopt")
            yield ActionButton("steps.verify")
        yield Static(classes="command")
        yield SettingsTable()

    def show(self, step: Step, overview: Overview, settings: Sequence[SettingChecked], now: datetime) -> None:
        """Show the step."""
        self.query_one(".heading", Static).update(_heading(step, overview.last(Operation.BOOTSTRAP), now))
        self.query_one(".command", Static).update(_command(f"autocorp-wizard bootstrap --env {overview.environment}"))
        self.query_one(SettingsTable).show(settings)
        self.query_one(SettingsTable).display = bool(settings)


class PhasePane(VerticalScroll):
    """A phase: what it deploys, where it stands, what can be done, what was deployed."""

    HELP = """
# A phase

*Plan* asks Terraform what would change; nothing is touched. *Review* shows that plan, risks first, and its button
applies exactly that plan, once. Phases build on each other and share one state: planning a phase never takes away what
an earlier one made. After an apply the wizard proves it (*Prove* does that again): jobs run once, connections are
tested, the load is awaited, a transfer is verified. *Destroy* takes the deployment down and asks for the
environment's name.
"""

    def compose(self) -> ComposeResult:
        """Words, buttons, facts; destroy apart from the rest."""
        yield Static(classes="heading")
        with Horizontal(classes="buttons"):
            yield ActionButton("steps.plan", variant="primary")
            yield ActionButton("steps.review", "Review plan", variant="primary")
            yield ActionButton("steps.prove")
            yield ActionButton("steps.dashboard")
            yield ActionButton("steps.watch")
            yield ActionButton("steps.recover", variant="warning")
        yield Static(classes="command")
        yield Static(classes="deployed")
        with Horizontal(classes="buttons far"):
            yield ActionButton("steps.destroy", "Destroy…", variant="error")

    def show(self, step: Step, overview: Overview, now: datetime) -> None:
        """Show the step; buttons that make no sense now give way, their keys still say why."""
        last = next((r for r in overview.runs if stage_of(r) == step.key or r.operation == Operation.DESTROY), None)
        self.query_one(".heading", Static).update(_heading(step, last, now))
        waiting = step.status is StepStatus.REVIEW
        self.query_one("#button-steps-review").display = waiting
        self.query_one("#button-steps-plan", ActionButton).variant = "default" if waiting else "primary"
        self.query_one("#button-steps-prove").display = overview.is_provable(step)
        self.query_one("#button-steps-dashboard").display = bool(overview.phases)
        self.query_one("#button-steps-watch").display = overview.live is not None
        self.query_one("#button-steps-recover").display = overview.lost is not None
        self.query_one(".far").display = bool(overview.phases)
        self.query_one(".command", Static).update(
            _command(f"autocorp-wizard plan {step.phase} --env {overview.environment}")
        )
        self.query_one(".deployed", Static).update(_deployed(step, overview, now))


def _heading(step: Step, last: object, now: datetime) -> Content:
    from autocorp_wizard.adapters.run_store import RunRecord

    parts = [
        Content.assemble((step.title, "bold"), "  ", status_words(step), (f"  {step.note}", "")),
        Content(step.purpose),
    ]
    if isinstance(last, RunRecord) and last.started_at is not None:
        said = f": {last.sentence}" if last.sentence else ""
        parts.append(
            Content.styled(
                f"Last {last.operation} {last.status} {ago(last.started_at, now)}{printable(said)}", "$muted"
            )
        )
    return Content("\n").join(parts)


def _command(line: str) -> Content:
    return Content.assemble(("Same from the command line: ", "$muted"), (line, ""))


def _outdated(step: Step, overview: Overview) -> list[Content]:
    """Say what is deployed with an older answer."""
    if step.status is not StepStatus.STALE or step.phase is None:
        return []
    names = touching(overview.changed, step.phase)
    lines = [Content.styled("Deployed with older answers; plan to bring it up to date:", "bold $warning")]
    lines += [
        Content.assemble(
            f"  {each.name}: ",
            (printable(show(each.before)) or "(empty)", "$error"),
            " → ",
            (printable(show(each.after)) or "(empty)", "$success"),
        )
        for each in overview.changed
        if each.name in names
    ]
    return lines


def _deployed(step: Step, overview: Overview, now: datetime) -> Content:
    if step.phase not in overview.phases:
        if step.status is StepStatus.WAITING:
            return Content.styled(f"This phase {step.note}.", "$muted")
        return Content.styled("Nothing of this phase is deployed yet.", "$muted")
    lines = _outdated(step, overview)
    lines += [Content.assemble(("Deployed: ", "bold"), f"{count(overview.resources, 'resource')} in the state.")]
    applied = overview.applied_last(step)
    if applied is not None and applied.started_at is not None:
        lines.append(Content(f"Last apply {ago(applied.started_at, now)}: {printable(applied.sentence)}"))
    # A name and its value on a line each: values are long, and are read to be copied.
    lines += [Content.assemble((f"{name}\n", "$muted"), f"  {value}") for name, value in overview.outputs]
    return Content("\n").join(lines)
