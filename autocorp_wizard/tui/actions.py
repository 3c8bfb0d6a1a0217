"""Every action of the wizard, once: footer, palette, help, bindings and tests all read this table.

An action is never hidden because it cannot be done now; `reason` says why instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Facts:
    """What the availability of actions depends on, as the screen in front sees it."""

    environment: str = ""
    saved: bool = False
    problems: int = 0
    bootstrapped: bool = False
    deployed: bool = False
    live: str = ""
    lost: str = ""
    step: str = ""
    is_phase: bool = False
    provable: bool = False
    reviewable: str = ""
    digest: str = ""
    has_changes: bool = False
    outdated: str = ""
    risks: int = 0
    run: str = ""
    run_status: str = ""
    run_operation: str = ""
    has_error: bool = False
    needs_secret: bool = False
    environments: int = 0
    runs: int = 0
    looking: bool = False
    causes: int = 0
    fix: bool = False
    waivable: bool = False
    manual_step: str = ""
    copies: int = 0
    replaying: bool = False
    commands: int = 0


Availability = Callable[[Facts], str]


def always(_: Facts) -> str:
    """Available wherever its scope is."""
    return ""


def _idle(facts: Facts) -> str:
    return f"Run {facts.live} is still going in this environment; wait for it or open it first." if facts.live else ""


def _saved(facts: Facts) -> str:
    if not facts.saved:
        return "Save the environment's answers first."
    if facts.problems:
        return "Some answers are missing or wrong; mend them in the environment step first."
    return ""


def _bootstrap(facts: Facts) -> str:
    return _saved(facts) or _idle(facts)


def _plan(facts: Facts) -> str:
    if not facts.is_phase:
        return "Choose a phase first: planning belongs to a phase."
    if reason := _saved(facts) or _idle(facts):
        return reason
    return "" if facts.bootstrapped else "The remote state is not there yet: do the bootstrap step first."


def _prove(facts: Facts) -> str:
    return _idle(facts) or ("" if facts.provable else "Nothing is applied here that has a proof of its own.")


def _review(facts: Facts) -> str:
    return "" if facts.reviewable else "There is no plan that waits for review; make one first."


def _destroy(facts: Facts) -> str:
    if reason := _idle(facts):
        return reason
    return "" if facts.deployed else "Nothing is deployed in this environment."


def _approve(facts: Facts) -> str:
    if not facts.digest:
        return "The plan is still being read."
    if reason := _idle(facts):
        return reason
    if facts.outdated:
        return f"Answers have changed since this plan was made ({facts.outdated}); plan again."
    return "" if facts.has_changes else "This plan changes nothing, so there is nothing to approve."


def _risk(facts: Facts) -> str:
    return "" if facts.risks else "No risk was found in this plan."


def _read(facts: Facts) -> str:
    return "" if facts.digest else "The plan is still being read."


def _cancel(facts: Facts) -> str:
    return "" if facts.run_status == "running" else "This run is over; there is nothing to stop."


def _review_run(facts: Facts) -> str:
    if facts.run_operation != "plan":
        return "Only a plan can be reviewed; this run is none."
    return "" if facts.run_status == "succeeded" else "The plan did not finish well, so there is nothing to review."


def _again(facts: Facts) -> str:
    return "" if facts.needs_secret else "This run lacked no password."


def _details(facts: Facts) -> str:
    return "" if facts.has_error else "This run reported no error."


def _reattach(facts: Facts) -> str:
    return "" if facts.live else "No run is going on."


def _replaying(facts: Facts) -> str:
    return "" if facts.replaying else "This is no replay; play a run again from the list of runs."


def _ran(facts: Facts) -> str:
    return "" if facts.commands else "No command was run yet."


def _recover(facts: Facts) -> str:
    return "" if facts.lost else "No run was lost; there is nothing to recover."


def _looking(facts: Facts) -> str:
    return "The checks are still looking." if facts.looking else ""


def _first_cause(facts: Facts) -> str:
    return "" if facts.causes else "Nothing has to be put right."


def _fix(facts: Facts) -> str:
    return "" if facts.fix else "This check says nothing that helps, because nothing is wrong or it was not looked at."


def _waivable(facts: Facts) -> str:
    return "" if facts.waivable else "Only a check that failed, warned or could not be told can be waived."


def _step_chosen(facts: Facts) -> str:
    if facts.looking:
        return "The wizard is still looking at a step."
    return "" if facts.manual_step else "No step is chosen."


def _provable_step(facts: Facts) -> str:
    if reason := _step_chosen(facts):
        return reason
    return "" if facts.provable else "Only a person can tell; say that it is done, with evidence."


def _copyable(facts: Facts) -> str:
    return "" if facts.copies else "This step has no value or command to copy."


def _chosen_run(facts: Facts) -> str:
    return "" if facts.run else "No run is chosen."


def _chosen_environment(facts: Facts) -> str:
    return "" if facts.environments else "There is no environment yet; make a new one."


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do. `weight` orders the footer (0 stays out of it); the first key is the one shown."""

    id: str
    title: str
    help: str
    keys: tuple[str, ...]
    reason: Availability = always
    weight: int = 0
    priority: bool = False

    @property
    def scope(self) -> str:
        """The screen it belongs to; `app` is everywhere."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The name of the method that does it."""
        return "do_" + self.id.partition(".")[2]


ACTIONS: Final[tuple[Action, ...]] = (
    Action("app.help", "Help", "What can be done here, and with which key.", ("f1", "question_mark"), weight=10),
    Action("app.palette", "Commands", "Find any action by its name.", ("colon", "f2", "ctrl+p"), weight=8),
    Action(
        "app.back", "Back", "One screen up. It never ends the wizard and never touches a run.", ("escape",), weight=9
    ),
    Action("app.runs", "Runs", "All runs, newest first: what happened and what is happening.", ("r", "f3"), weight=6),
    Action("app.theme", "Dark or light", "Change between the dark and the light theme.", ("f4",)),
    Action("app.quit", "Quit", "Leave the wizard. Runs go on without it.", ("q", "f10", "ctrl+q"), weight=7),
    Action(
        "start.open",
        "Open",
        "Open the chosen environment at the step that is next.",
        ("o",),
        _chosen_environment,
        weight=20,
    ),
    Action("start.new", "New environment", "Answer the questions of a new environment.", ("n",), weight=18),
    Action("start.reattach", "Reattach", "Watch the run that is still going.", ("a",), _reattach, weight=19),
    Action(
        "start.recover",
        "Recover",
        "Find out what a lost run left behind, and mend it in a new run.",
        ("v",),
        _recover,
        weight=17,
    ),
    Action("steps.jump", "Go to step", "Go to a step by its number.", tuple("123456789")),
    Action("steps.next", "Next step", "The step after this one.", ("right_square_bracket", "n"), weight=15),
    Action("steps.previous", "Previous step", "The step before this one.", ("left_square_bracket", "b"), weight=14),
    Action("steps.save", "Save answers", "Check and save the environment's answers.", ("f5", "ctrl+s"), weight=13),
    Action(
        "steps.diff",
        "Show changes",
        "What the answers as they stand here would change in Terraform's inputs, and the command that does the same.",
        ("d",),
        weight=10,
    ),
    Action("steps.bootstrap", "Bootstrap", "Make or mend the remote state.", ("s",), _bootstrap, weight=16),
    Action(
        "steps.adopt",
        "Adopt and fix",
        "Use a state bucket that exists, and mend every setting that is not as it should be.",
        ("u",),
        _bootstrap,
    ),
    Action(
        "steps.verify",
        "Verify only",
        "Look at every setting of the state bucket and change nothing.",
        ("y",),
        _bootstrap,
    ),
    Action("steps.plan", "Plan", "Ask Terraform what this phase would change.", ("p",), _plan, weight=20),
    Action("steps.review", "Review", "Read the plan and approve it.", ("v",), _review, weight=19),
    Action(
        "steps.prove",
        "Prove",
        "Do what follows this step once more: connection test, job runs, full load, transfer.",
        ("t",),
        _prove,
    ),
    Action(
        "steps.preflight",
        "Preflight",
        "Prove that account, network, source, agent and tools are ready, before anything costs money.",
        ("k",),
        _saved,
        weight=11,
    ),
    Action(
        "steps.manual",
        "Manual steps",
        "What people do by hand: who, where, the exact values, and the proof or the evidence of it.",
        ("c",),
        _saved,
        weight=12,
    ),
    Action("steps.watch", "Watch run", "Watch the run that is still going here.", ("a",), _reattach, weight=12),
    Action(
        "steps.recover",
        "Recover",
        "Find out what a lost run left behind, and mend it in a new run.",
        ("m",),
        _recover,
    ),
    Action(
        "steps.destroy",
        "Destroy",
        "Take the deployment down. Asks for the environment's name, typed.",
        ("D",),
        _destroy,
    ),
    Action("preflight.again", "Look again", "Look at everything once more.", ("g", "f5"), _looking, weight=20),
    Action("preflight.one", "This one", "Look at the chosen check once more, and at what it needs.", ("o",), _looking),
    Action(
        "preflight.failed",
        "Failed again",
        "Look once more at what was not well: for while somebody is mending it.",
        ("f",),
        _looking,
        weight=17,
    ),
    Action(
        "preflight.first", "First failure", "Go to what has to be put right first.", ("n",), _first_cause, weight=19
    ),
    Action(
        "preflight.copy",
        "Copy fix",
        "Copy what helps: the statement, the line or the command.",
        ("c",),
        _fix,
        weight=18,
    ),
    Action(
        "preflight.waive",
        "Waive",
        "Live with the chosen check until a day, for a reason; it stands in the environment's file.",
        ("w",),
        _waivable,
        weight=16,
    ),
    Action(
        "manual.verify",
        "Verify",
        "Let the wizard look whether the chosen step is done; what it saw is kept as proof.",
        ("v",),
        _provable_step,
        weight=20,
    ),
    Action(
        "manual.copy",
        "Copy",
        "Copy a value or a command of the chosen step.",
        ("c",),
        _copyable,
        weight=19,
    ),
    Action(
        "manual.done",
        "Done, with evidence",
        "Say that it is done, with a sentence or a file. It reads claimed until the wizard has seen it.",
        ("d",),
        _step_chosen,
        weight=18,
    ),
    Action("manual.skip", "Skip", "Say that it is not needed here, and why.", ("s",), _step_chosen, weight=16),
    Action("manual.open", "Open ones only", "Show only what is still to be done, or all again.", ("o",), weight=17),
    Action("review.approve", "Approve", "Go to the button that applies this very plan.", ("a",), _approve, weight=20),
    Action("review.find", "Find", "Show only the changes that hold a text.", ("slash",), weight=19),
    Action("review.risk", "Next risk", "Go to the next change that carries a risk.", ("n",), _risk, weight=17),
    Action(
        "review.export",
        "Export",
        "Write the plan into a file: a page (.md) for a ticket, or JSON.",
        ("x",),
        _read,
        weight=16,
    ),
    Action("review.expand", "Open all", "Open or close every branch of the tree.", ("e",), weight=18),
    Action("run.cancel", "Stop", "Stop the run: three ways, each with its price.", ("c",), _cancel, weight=20),
    Action("run.review", "Review", "Read the plan that this run made.", ("v",), _review_run, weight=17),
    Action("run.log", "Log", "Show the log instead of the resources, and back.", ("l",), weight=19),
    Action("run.follow", "Follow", "Go to the end of the log and stay there.", ("f",), weight=16),
    Action("run.find", "Find", "Find a text in the log.", ("slash",), weight=15),
    Action("run.filter", "Filter", "Show only the lines of the log that hold a text.", ("i",), weight=12),
    Action("run.wrap", "Wrap", "Break the log's long lines, or cut them again.", ("w",)),
    Action("run.save", "Save log", "Write the log into a file.", ("s",)),
    Action(
        "run.commands", "Commands", "Every real command of this run, with its exit code and time.", ("x",), _ran, 11
    ),
    Action("run.faster", "Faster", "Play the replay faster.", ("plus", "greater_than_sign"), _replaying),
    Action("run.slower", "Slower", "Play the replay slower.", ("minus", "less_than_sign"), _replaying),
    Action("run.pause", "Stop or go on", "Let the replay stand still, or go on.", ("z",), _replaying),
    Action(
        "run.recover",
        "Recover",
        "Find out what this run left behind, and mend it in a new run.",
        ("m",),
        _recover,
        weight=18,
    ),
    Action(
        "run.again",
        "Give password",
        "Give the source's password, hidden, and plan again with it.",
        ("p",),
        _again,
        weight=13,
    ),
    Action("run.details", "Raw text", "Show the raw text of the error.", ("d",), _details, weight=14),
    Action("runs.open", "Open", "Show the chosen run; a running one is watched.", ("o",), _chosen_run, weight=20),
    Action(
        "runs.replay",
        "Replay",
        "Play the chosen run's journal again, at any speed.",
        ("p",),
        _chosen_run,
        weight=16,
    ),
    Action(
        "runs.recover",
        "Recover",
        "Find out what a lost run left behind, and mend it in a new run.",
        ("v",),
        _recover,
        weight=17,
    ),
)

BY_ID: Final = {action.id: action for action in ACTIONS}


def actions_for(*scopes: str) -> tuple[Action, ...]:
    """Return the actions of these scopes, in the table's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)


def bindings_for(scope: str) -> list[BindingType]:
    """Return the bindings of a scope. Each has the action's id, so that a keymap can move it."""
    found: list[BindingType] = []
    for action in actions_for(scope):
        if action.id == "steps.jump":
            found += [
                Binding(key, f"act('{action.id}', '{key}')", action.title, id=f"{action.id}.{key}")
                for key in action.keys
            ]
            continue
        found.append(
            Binding(",".join(action.keys), f"act('{action.id}')", action.title, tooltip=action.help, id=action.id)
        )
    return found


_KEY_NAMES: Final = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "escape": "Esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "enter": "Enter",
    "plus": "+",
    "minus": "-",
    "greater_than_sign": ">",
    "less_than_sign": "<",
}


def key_name(key: str) -> str:
    """Return a key as it is printed on a keyboard: `?`, `F1`, `Ctrl+P`, `D`."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    if len(key) == 1:
        return key
    return "+".join(part.capitalize() if len(part) > 1 else part.upper() for part in key.split("+"))
