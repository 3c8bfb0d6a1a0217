"""Whether an action can be done now, and the sentence that says why not; read from the facts that a screen knows."""

from collections.abc import Callable
from dataclasses import dataclass


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
    repeatable: bool = False
    environments: int = 0
    runs: int = 0
    looking: bool = False
    causes: int = 0
    fix: bool = False
    waivable: bool = False
    waived: bool = False
    copies: int = 0
    replaying: bool = False
    commands: int = 0


Availability = Callable[[Facts], str]
"""Returns why an action cannot be done now; nothing where it can."""


def always(_: Facts) -> str:
    """Available wherever its scope is."""
    return ""


def needs(wanted: Callable[[Facts], object], otherwise: str) -> Availability:
    """Return the availability of what needs something; `otherwise` is the sentence where that is missing."""
    return lambda facts: "" if wanted(facts) else otherwise


def all_of(*each: Availability) -> Availability:
    """Return the availability of what needs all of these; the first reason is the one that is said."""
    return lambda facts: next((reason for one in each if (reason := one(facts))), "")


def idle(facts: Facts) -> str:
    """No run goes on in the environment."""
    return f"Run {facts.live} is still going in this environment; wait for it or open it first." if facts.live else ""


def current(facts: Facts) -> str:
    """The plan was made from the answers as they are."""
    changed = facts.outdated
    return f"Answers have changed since this plan was made ({changed}); plan again." if changed else ""


SAVED = all_of(
    needs(lambda facts: facts.saved, "Save the environment's answers first."),
    needs(
        lambda facts: not facts.problems,
        "Some answers are missing or wrong; mend them in the environment step first.",
    ),
)
BOOTSTRAP = all_of(SAVED, idle)
PLAN = all_of(
    needs(lambda facts: facts.is_phase, "Choose a phase first: planning belongs to a phase."),
    SAVED,
    idle,
    needs(lambda facts: facts.bootstrapped, "The remote state is not there yet: do the bootstrap step first."),
)
PROVE = all_of(idle, needs(lambda facts: facts.provable, "Nothing is applied here that has a proof of its own."))
REVIEW = needs(lambda facts: facts.reviewable, "There is no plan that waits for review; make one first.")
DESTROY = all_of(idle, needs(lambda facts: facts.deployed, "Nothing is deployed in this environment."))
READ = needs(lambda facts: facts.digest, "The plan is still being read.")
APPROVE = all_of(
    READ,
    idle,
    current,
    needs(lambda facts: facts.has_changes, "This plan changes nothing, so there is nothing to approve."),
)
RISK = needs(lambda facts: facts.risks, "No risk was found in this plan.")
CANCEL = needs(lambda facts: facts.run_status == "running", "This run is over; there is nothing to stop.")
REVIEW_RUN = all_of(
    needs(lambda facts: facts.run_operation == "plan", "Only a plan can be reviewed; this run is none."),
    needs(
        lambda facts: facts.run_status == "succeeded",
        "The plan did not finish well, so there is nothing to review.",
    ),
)
OVER = needs(
    lambda facts: facts.run_status not in {"", "running"}, "The run is not over; leaving it (Esc) does not stop it."
)
AGAIN = all_of(
    OVER,
    needs(
        lambda facts: facts.repeatable,
        "Only a plan or an apply of a phase that did not succeed can be planned again from here.",
    ),
    idle,
)
DETAILS = needs(lambda facts: facts.has_error, "This run reported no error.")
REATTACH = needs(lambda facts: facts.live, "No run is going on.")
REPLAYING = needs(lambda facts: facts.replaying, "This is no replay; play a run again from the list of runs.")
RAN = needs(lambda facts: facts.commands, "No command was run yet.")
RECOVER = needs(lambda facts: facts.lost, "No run was lost; there is nothing to recover.")
LOOKED = needs(lambda facts: not facts.looking, "The last look still goes on.")
AMISS = needs(lambda facts: facts.causes, "Nothing that was seen is amiss.")
SEEN = needs(lambda facts: facts.copies, "Nothing was seen yet.")
FIRST_CAUSE = needs(lambda facts: facts.causes, "Nothing has to be put right.")
FIX = needs(
    lambda facts: facts.fix, "This check says nothing that helps, because nothing is wrong or it was not looked at."
)
WAIVED = needs(lambda facts: facts.waived, "This check stands under no waiver.")
WAIVABLE = needs(lambda facts: facts.waivable, "Only a check that failed, warned or could not be told can be waived.")
STEP_CHOSEN = all_of(
    needs(lambda facts: not facts.looking, "The wizard is still looking at a step."),
    needs(lambda facts: facts.step, "No step is chosen."),
)
PROVABLE_STEP = all_of(
    STEP_CHOSEN, needs(lambda facts: facts.provable, "Only a person can tell; say that it is done, with evidence.")
)
COPYABLE = needs(lambda facts: facts.copies, "This step has no value or command to copy.")
CHOSEN_RUN = needs(lambda facts: facts.run, "No run is chosen.")
CHOSEN_ENVIRONMENT = needs(lambda facts: facts.environments, "There is no environment yet; make a new one.")
