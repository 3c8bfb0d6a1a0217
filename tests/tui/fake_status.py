"""A report of a running lake by hand: what the dashboard is given instead of an account."""

from datetime import datetime, timedelta

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Level, Objective, Panel, Reading, Reason, Report, Why
from tests.tui.handmade import NOW

DENIED = Reason(Why.DENIED, "AWS refused: not authorized.", "dms:DescribeReplicationTasks")
LATER = Reason(Why.NOT_MEASURED, "Not measured by this version.")


def panels(at: datetime) -> tuple[Panel, ...]:
    deployed = Reading("resources", "Deployed", Level.OK, "foundation, dms (88 resources)", 88, "", at, "s3:GetObject")
    lag = Reading("lag", "Lag", Level.FAIL, "lag 420 s \x1b[2J", 420.0, "s", at - timedelta(minutes=5), "GetMetricData")
    slot = Reading("slot", "Slot", Level.OK, "the slot holds 3 MB", 3.2, "MB", at, "pg_replication_slots")
    refused = Reading("task", "Task", Level.UNKNOWN, "AWS refuses to tell", None, "", None, "dms", DENIED)
    return (
        Panel("state", "State", (deployed,), seconds=0.2),
        Panel("dms", "DMS", (slot, lag), seconds=1.4),
        Panel("tasks", "Tasks", (refused,)),
        Panel("budget", "Budget", (), Reason(Why.NOT_DEPLOYED, "phase 1 is not deployed")),
    )


def report(at: datetime = NOW) -> Report:
    """A lake with one failure and one refusal."""
    promises = (
        Objective("reuse", "80 % of the code in modules", 80.0, "%", "88 of 88", met=True, value=100.0, at=at),
        Objective("lag", "DMS CDC lag under 5 minutes", 300.0, "s", "worst: 420 s", met=False, value=420.0, sample=15),
        Objective("drift", "Zero drift", 0.0, "", reason=LATER),
    )
    return Report("rehearsal", "rehearsal", "dev", at, (Phase.FOUNDATION, Phase.DMS), panels(at), promises)


class Observer:
    """Answers at once; `answer` is raised or returned, and `asked` counts the looks."""

    def __init__(self, answer: Report | Exception | None = None) -> None:
        self.answer = answer or report()
        self.asked = 0

    def __call__(self, environment: Environment) -> Report:
        assert environment.name.startswith("rehearsal")
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
