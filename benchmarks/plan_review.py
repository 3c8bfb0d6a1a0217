"""Opening and searching a plan of 5,000 changes: the wizard's review beside tftui's plan pane, the same plan in both.

Each contestant runs headless in a process of its own at 160x48. *Open* goes from the file on disk (the wizard's plan
document, the text that `terraform plan` prints) to the painted pane; *search* from the typed text to the painted hits.
Run it with `.venv/bin/python -m benchmarks.plan_review [--changes N] [--rounds N] [--json] [--without-tftui]`.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from textual.widgets import Input

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.journal import JournalWriter
from autocorp_wizard.adapters.run_store import RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.attributes import AttributeChange
from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.core.environment import rehearsal_environment
from autocorp_wizard.core.events import Action, Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.opening import make_app
from autocorp_wizard.tui.widgets.plan_tree import PlanTree
from benchmarks import peer
from benchmarks.child import figures_of

NEEDLE = "thing-4"
"""What is sought: a good fifth of the changes hold it."""
SIZE = (160, 48)
_TYPES = ("aws_s3_object", "aws_iam_role", "aws_glue_job", "aws_cloudwatch_metric_alarm", "aws_subnet")
_MODULES = ("s3", "iam", "glue", "monitoring", "network")


def plan_of(changes: int) -> Plan:
    """Return a plan of so many changes over five modules, with six attributes each and a risk in fifty."""
    made = []
    for number in range(changes):
        kind, module = _TYPES[number % 5], _MODULES[number % 5]
        made.append(
            Change(
                f"module.{module}.{kind}.thing[{number}]",
                Action.UPDATE if number % 7 == 0 else Action.CREATE,
                module=module,
                phase=Phase.GLUE if module == "glue" else Phase.FOUNDATION,
                resource_type=kind,
                name=f"thing[{number}]",
                provider_name="aws",
                sentence=f"The {kind} thing-{number} of the lake.",
                attributes=tuple(
                    AttributeChange(
                        f"attribute_{each}", "before" if number % 7 == 0 else None, f"value {number} {each}"
                    )
                    for each in range(6)
                ),
            )
        )
    risks = tuple(Risk("costs-more", each.address, "It costs more.") for each in made[::50])
    counts = {action.value: sum(each.action is action for each in made) for action in Action}
    return Plan("rehearsal", "foundation", "foundation", tuple(made), counts, risks, (), True, "0" * 64, "1.11.0")


def as_text(plan: Plan) -> str:
    """Return the plan as `terraform plan -no-color` prints it."""
    lines = ["Terraform will perform the following actions:", ""]
    for each in plan.changes:
        verb, sign = ("updated in-place", "~") if each.action is Action.UPDATE else ("created", "+")
        lines += [f"  # {each.address} will be {verb}", f'  {sign} resource "{each.resource_type}" "thing" {{']
        lines.append(f'      + description = "{each.sentence}"')
        for attribute in each.attributes:
            change = f'"{attribute.before}" -> "{attribute.after}"' if sign == "~" else f'"{attribute.after}"'
            lines.append(f"      {sign} {attribute.path} = {change}")
        lines += ["    }", ""]
    lines.append(f"Plan: {len(plan.changes)} to add, 0 to change, 0 to destroy.")
    return "\n".join(lines) + "\n"


def lay_out(folder: Path, changes: int) -> str:
    """Write the plan both ways below a folder and return the name of the run that holds it."""
    plan = plan_of(changes)
    (folder / "plan.txt").write_text(as_text(plan))
    store = RunStore(Home(folder / "home").runs)
    files = store.create(Request(operation=Operation.PLAN, environment="rehearsal", phase="foundation"))
    journal = JournalWriter(files.journal, files.run)
    journal.append(ev.RunStarted(operation=Operation.PLAN, environment="rehearsal", phase="foundation"))
    journal.append(ev.RunFinished(outcome="succeeded"))
    journal.close()
    files.plan_document.write_text(json.dumps(plan.as_document()))
    return files.run


async def ours(folder: Path, run: str) -> dict[str, float]:
    """Open and search the plan in the wizard; seconds by name."""
    app = make_app(Home(folder / "home"), rehearsal_environment(Preset.DEV))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        began = time.perf_counter()
        app.review(run, "rehearsal")
        while not (app.screen.query(PlanTree) and app.screen.query_one(PlanTree).line_count()):
            await pilot.pause()
        await pilot.pause()
        opened = time.perf_counter() - began
        await pilot.press("slash")
        field = app.screen.query_one("#find", Input)
        began = time.perf_counter()
        field.value = NEEDLE
        await pilot.pause()
        while f" of {len(plan_changes(app))} changes" not in str(app.screen.query_one(PlanTree).border_title):
            await pilot.pause()
        return {"open": opened, "search": time.perf_counter() - began}


def plan_changes(app: object) -> tuple[Change, ...]:
    """Return the changes that the review in front shows."""
    plan = getattr(getattr(app, "screen", None), "plan", None)
    return plan.changes if isinstance(plan, Plan) else ()


def main() -> None:
    """Print both medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--without-tftui", action="store_true")
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "RUN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(asyncio.run(ours(Path(options.child[0]), options.child[1]))))
        return
    rounds: dict[str, list[dict[str, float]]] = {"wizard": [], "tftui": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = lay_out(folder, options.changes)
        script = str(Path(__file__).with_name("plan_review_tftui.py"))
        for _ in range(options.rounds):
            rounds["wizard"].append(figures_of([sys.executable, "-m", "benchmarks.plan_review", "--child", name, run]))
            if not options.without_tftui:
                rounds["tftui"].append(figures_of([peer.python(), script, str(folder / "plan.txt"), NEEDLE]))
    medians = {
        who: {what: statistics.median(each[what] for each in figures) for what in ("open", "search")}
        for who, figures in rounds.items()
        if figures
    }
    ratios = {
        what: medians["tftui"][what] / medians["wizard"][what] for what in ("open", "search") if "tftui" in medians
    }
    if options.json:
        print(json.dumps({"changes": options.changes, "medians": medians, "ratios": ratios, "rounds": rounds}))
        return
    for who, figures in medians.items():
        print(f"{who:<7} open {figures['open']:.2f} s, search {figures['search']:.3f} s")
    for what, ratio in ratios.items():
        print(f"{what}: {ratio:.1f} times as fast as tftui")


if __name__ == "__main__":
    main()
