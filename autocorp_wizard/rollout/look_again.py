"""The last look before an apply: what may have changed since the preflight, and what failed in it, is asked again.

A failure that nobody waived stops the apply before Terraform starts; what could not be told stops nothing, because
the stage's own proofs will tell.
"""

from typing import Final

from autocorp_wizard.checks.engine import with_needs
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.formats import helps
from autocorp_wizard.core.preflight.record import Result, Status
from autocorp_wizard.rollout import preflight
from autocorp_wizard.rollout.context import PASSWORD, Context

_OUTCOMES: Final = {Status.PASS: "pass", Status.WARN: "pass", Status.WAIVED: "pass", Status.FAIL: "fail"}


# What they complain of is what an adopting plan takes over.
_ADOPTED: Final = frozenset({"aws.names", "aws.s3.name", "aws.secret"})


def look_again(ctx: Context, phase: str, *, adopts: bool = False) -> None:
    """Ask the phase's volatile checks, those that failed the last time, and those that nobody ever asked.

    A rehearsal, where nothing is spent, leaves out the last. `adopts`: the reviewed plan imports what exists already,
    so that its being there is no failure. Raises PREFLIGHT-FAILED.
    """
    environment = ctx.environment
    with ctx.recorder.step("preflight", "What may have changed since the preflight is looked at again") as note:
        place = preflight.look_from(environment, ctx.home, ctx.say)
        checks = preflight.all_checks(place, ctx.home, ctx.say, lambda: ctx.secrets.get(PASSWORD, ""))
        last = preflight.last_statuses(ctx.home, environment.name)
        unasked = Status.SKIP.value if environment.is_rehearsal else Status.FAIL.value
        due = [
            each.id
            for each in checks
            if phase in each.phases
            and (each.volatile or last.get(each.id, unasked) == Status.FAIL.value)
            and not (adopts and each.id in _ADOPTED)
        ]
        report = preflight.carry_out(place, with_needs(checks, due))
        preflight.remember(ctx.home, report)
        note.text = report.sentence
    for each in report.results:
        if each.status is not Status.SKIP:
            outcome = _OUTCOMES.get(each.status, "unknown")
            ctx.recorder.record(ev.GateChecked(gate=each.check.id, outcome=outcome, sentence=_said(each)))
    wrong = [each for each in report.failures if phase in each.check.phases]
    if wrong:
        raise _stopped(wrong, environment.name)


def _said(result: Result) -> str:
    if result.waiver:
        return f"Waived until {result.waiver.until} ({result.waiver.reason}): {result.seen.summary}"
    return result.seen.summary


def _stopped(wrong: list[Result], environment: str) -> WizardError:
    first, rest = wrong[0], len(wrong) - 1
    more = f" {rest} more failed: {', '.join(each.check.id for each in wrong[1:])}." if rest else ""
    return WizardError(
        "PREFLIGHT-FAILED",
        f"Nothing was applied: {first.check.id} failed.",
        why=f"{first.seen.summary}{more}",
        next_step=" ".join(helps(first))
        + f" Where you can live with it: autocorp-wizard waive {first.check.id} --reason TEXT --until DATE "
        f"--env {environment}",
    )
