"""Every action of the wizard, once: footer, palette, help, bindings and tests all read this table.

An action is never hidden because it cannot be done now; `reason` says why instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from textual.binding import Binding, BindingType

from autocorp_wizard.tui import availability as can


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do. `weight` orders the footer (0 stays out of it); the first key is the one shown."""

    id: str
    title: str
    help: str
    keys: tuple[str, ...]
    reason: can.Availability = can.always
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
    Action("app.theme", "Theme", "The next theme: dark, light, high contrast, the terminal's own colours.", ("f4",)),
    Action("app.quit", "Quit", "Leave the wizard. Runs go on without it.", ("q", "f10", "ctrl+q"), weight=7),
    Action(
        "start.open",
        "Open",
        "Open the chosen environment at the step that is next.",
        ("o",),
        can.CHOSEN_ENVIRONMENT,
        weight=20,
    ),
    Action("start.new", "New environment", "Answer the questions of a new environment.", ("n",), weight=18),
    Action("start.reattach", "Reattach", "Watch the run that is still going.", ("a",), can.REATTACH, weight=19),
    Action(
        "start.recover",
        "Recover",
        "Find out what a lost run left behind, and mend it in a new run.",
        ("v",),
        can.RECOVER,
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
    Action("steps.bootstrap", "Bootstrap", "Make or mend the remote state.", ("s",), can.BOOTSTRAP, weight=16),
    Action(
        "steps.adopt",
        "Adopt and fix",
        "Use a state bucket that exists, and mend every setting that is not as it should be.",
        ("u",),
        can.BOOTSTRAP,
    ),
    Action(
        "steps.verify",
        "Verify only",
        "Look at every setting of the state bucket and change nothing.",
        ("y",),
        can.BOOTSTRAP,
    ),
    Action("steps.plan", "Plan", "Ask Terraform what this phase would change.", ("p",), can.PLAN, weight=20),
    Action("steps.review", "Review", "Read the plan and approve it.", ("v",), can.REVIEW, weight=19),
    Action(
        "steps.prove",
        "Prove",
        "Do what follows this step once more: connection test, job runs, full load, transfer.",
        ("t",),
        can.PROVE,
    ),
    Action(
        "steps.preflight",
        "Preflight",
        "Prove that account, network, source, agent and tools are ready, before anything costs money.",
        ("k",),
        can.SAVED,
        weight=11,
    ),
    Action(
        "steps.manual",
        "Manual steps",
        "What people do by hand: who, where, the exact values, and the proof or the evidence of it.",
        ("c",),
        can.SAVED,
        weight=12,
    ),
    Action(
        "steps.dashboard",
        "Dashboard",
        "What is deployed, how it does and which promises it keeps; looks again every minute.",
        ("w",),
        can.SAVED,
        weight=10,
    ),
    Action("steps.watch", "Watch run", "Watch the run that is still going here.", ("a",), can.REATTACH, weight=12),
    Action(
        "steps.recover",
        "Recover",
        "Find out what a lost run left behind, and mend it in a new run.",
        ("m",),
        can.RECOVER,
    ),
    Action(
        "steps.destroy",
        "Destroy",
        "Take the deployment down. Asks for the environment's name, typed.",
        ("D",),
        can.DESTROY,
    ),
    Action("preflight.again", "Look again", "Look at everything once more.", ("g", "f5"), can.LOOKED, weight=20),
    Action(
        "preflight.one", "This one", "Look at the chosen check once more, and at what it needs.", ("o",), can.LOOKED
    ),
    Action(
        "preflight.failed",
        "Failed again",
        "Look once more at what was not well: for while somebody is mending it.",
        ("f",),
        can.LOOKED,
        weight=17,
    ),
    Action(
        "preflight.first", "First failure", "Go to what has to be put right first.", ("n",), can.FIRST_CAUSE, weight=19
    ),
    Action(
        "preflight.copy",
        "Copy fix",
        "Copy what helps: the statement, the line or the command.",
        ("c",),
        can.FIX,
        weight=18,
    ),
    Action(
        "preflight.export",
        "Packets",
        "Write what helps into files, one for each who applies it: database, network, account, operator.",
        ("x",),
        can.FIRST_CAUSE,
    ),
    Action(
        "preflight.waive",
        "Waive",
        "Live with the chosen check until a day, for a reason; it stands in the environment's file.",
        ("w",),
        can.WAIVABLE,
        weight=16,
    ),
    Action(
        "preflight.revoke",
        "Take waiver back",
        "End the waiver of the chosen check now; it counts again as it is.",
        ("W",),
        can.WAIVED,
    ),
    Action("dashboard.again", "Look again", "Look at everything now.", ("g", "f5"), can.LOOKED, weight=20),
    Action("dashboard.next", "Next amiss", "Go to the next row that is not well.", ("n",), can.AMISS, weight=19),
    Action(
        "dashboard.copy", "Copy", "Copy everything that is known about the chosen row.", ("c",), can.SEEN, weight=18
    ),
    Action(
        "manual.verify",
        "Verify",
        "Let the wizard look whether the chosen step is done; what it saw is kept as proof.",
        ("v",),
        can.PROVABLE_STEP,
        weight=20,
    ),
    Action(
        "manual.copy",
        "Copy",
        "Copy a value or a command of the chosen step.",
        ("c",),
        can.COPYABLE,
        weight=19,
    ),
    Action(
        "manual.done",
        "Done, with evidence",
        "Say that it is done, with a sentence or a file. It reads claimed until the wizard has seen it.",
        ("d",),
        can.STEP_CHOSEN,
        weight=18,
    ),
    Action("manual.skip", "Skip", "Say that it is not needed here, and why.", ("s",), can.STEP_CHOSEN, weight=16),
    Action("manual.open", "Open ones only", "Show only what is still to be done, or all again.", ("o",), weight=17),
    Action(
        "review.approve", "Approve", "Go to the button that applies this very plan.", ("a",), can.APPROVE, weight=20
    ),
    Action("review.find", "Find", "Show only the changes that hold a text.", ("slash",), weight=19),
    Action("review.risk", "Next risk", "Go to the next change that carries a risk.", ("n",), can.RISK, weight=17),
    Action(
        "review.export",
        "Export",
        "Write the plan into a file: a page (.md) for a ticket, or JSON.",
        ("x",),
        can.READ,
        weight=16,
    ),
    Action("review.expand", "Open all", "Open or close every branch of the tree.", ("e",), weight=18),
    Action("run.cancel", "Stop", "Stop the run: three ways, each with its price.", ("c",), can.CANCEL, weight=20),
    Action("run.review", "Review", "Read the plan that this run made.", ("v",), can.REVIEW_RUN, weight=17),
    Action("run.log", "Log", "Show the log instead of the resources, and back.", ("l",), weight=19),
    Action("run.follow", "Follow", "Go to the end of the log and stay there.", ("f",), weight=16),
    Action("run.find", "Find", "Find a text in the log.", ("slash",), weight=15),
    Action("run.filter", "Filter", "Show only the lines of the log that hold a text.", ("i",), weight=12),
    Action("run.wrap", "Wrap", "Break the log's long lines, or cut them again.", ("w",)),
    Action("run.save", "Save log", "Write the log into a file.", ("s",)),
    Action(
        "run.commands", "Commands", "Every real command of this run, with its exit code and time.", ("x",), can.RAN, 11
    ),
    Action("run.faster", "Faster", "Play the replay faster.", ("plus", "greater_than_sign"), can.REPLAYING),
    Action("run.slower", "Slower", "Play the replay slower.", ("minus", "less_than_sign"), can.REPLAYING),
    Action("run.pause", "Stop or go on", "Let the replay stand still, or go on.", ("z",), can.REPLAYING),
    Action(
        "run.recover",
        "Recover",
        "Find out what this run left behind, and mend it in a new run.",
        ("m",),
        can.RECOVER,
        weight=18,
    ),
    Action(
        "run.again",
        "Plan again",
        "Plan the same phase again; a password that was lacking is asked for, hidden.",
        ("p",),
        can.AGAIN,
        weight=13,
    ),
    Action(
        "run.next",
        "Go on",
        "Leave this run and go to the step that is next.",
        ("n",),
        can.OVER,
        weight=21,
    ),
    Action("run.details", "Raw text", "Show the raw text of the error.", ("d",), can.DETAILS, weight=14),
    Action("runs.open", "Open", "Show the chosen run; a running one is watched.", ("o",), can.CHOSEN_RUN, weight=20),
    Action(
        "runs.replay",
        "Replay",
        "Play the chosen run's journal again, at any speed.",
        ("p",),
        can.CHOSEN_RUN,
        weight=16,
    ),
    Action(
        "runs.recover",
        "Recover",
        "Find out what a lost run left behind, and mend it in a new run.",
        ("v",),
        can.RECOVER,
        weight=17,
    ),
    Action(
        "runs.team",
        "Colleagues",
        "Fetch what colleagues did, from the state buckets of all environments.",
        ("t",),
        can.CHOSEN_ENVIRONMENT,
        weight=12,
    ),
)

BY_ID: Final = {action.id: action for action in ACTIONS}


def actions_for(*scopes: str) -> tuple[Action, ...]:
    """Return the actions of these scopes, in the table's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)


def moved(action: Action, keys: Mapping[str, tuple[str, ...]]) -> Action:
    """Return an action with the keys that a person gave it, by its id; unchanged where none were."""
    return replace(action, keys=keys[action.id]) if action.id in keys else action


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
