"""A look at an environment that answers at once: what the preflight's screen is given instead of checks."""

from collections.abc import Callable, Sequence

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Result,
    Seen,
    SideEffect,
    Status,
    Vantage,
    passed,
)
from autocorp_wizard.core.preflight.report import Report, under_waivers
from tests.tui.handmade import NOW

FIX = Remedy("Switch it on.", Audience.DATABASE, sql="ALTER SYSTEM SET wal_level = 'logical';")


def checks() -> dict[str, tuple[Check, Seen]]:
    def entry(name: str, group: Group, seen: Seen, *, integrity: bool = False) -> tuple[Check, Seen]:
        return Check(
            name,
            f"Title of {name}",
            group,
            Vantage.LAPTOP,
            lambda: passed(""),
            proves="this computer's view",
            does_not_prove="that of DMS",
            integrity=integrity,
        ), seen

    entries = (
        entry("tool.terraform", Group.TOOLS, passed("Terraform 1.11.4.")),
        entry("aws.identity", Group.ACCOUNT, Seen(Status.FAIL, "The wrong account."), integrity=True),
        entry("net.dms.test", Group.NETWORK, Seen(Status.INCONCLUSIVE, "Not tested.", resolves_at="apply dms")),
        entry("pg.wal_level", Group.SOURCE, Seen(Status.FAIL, "wal_level is [replica].", remedies=(FIX,))),
    )
    return {check.id: (check, seen) for check, seen in entries}


class Looker:
    """Answers at once; `entries` can be changed between two looks."""

    def __init__(self) -> None:
        self.entries = checks()
        self.asked: list[tuple[str, ...]] = []
        self.allowed: list[tuple[SideEffect, ...]] = []

    def __call__(
        self,
        environment: Environment,
        ids: Sequence[str],
        allowed: Sequence[SideEffect],
        tell: Callable[[Result], None],
    ) -> Report:
        self.allowed.append(tuple(allowed))
        self.asked.append(tuple(ids))
        found = [Result(c, s, NOW, 0.01) for name, (c, s) in self.entries.items() if not ids or name in ids]
        results = under_waivers(found, environment.waivers, NOW.date())
        for each in results:
            tell(each)
        return Report(environment.name, NOW, results)
