"""Looking at steps of the checklists: one, or all that a probe can tell, to find what drifted."""

from typing import TYPE_CHECKING, Final

from autocorp_wizard.core.checklist import State, Step
from autocorp_wizard.core.errors import ExitCode

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.operate.finding import Finding
    from autocorp_wizard.rollout.manual_steps import ManualSteps

FOUND_WORDS: Final = {True: ("proven", "good"), False: ("not so", "error"), None: ("not known", "warn")}
_DONE: Final = (State.CLAIMED, State.PROVEN, State.EXPIRED)


def verify_all(settings: "Settings", steps: "ManualSteps") -> int:
    """Look at every step that a probe can tell, and return the exit code: 3 where one that was done is not so now."""
    rows: list[tuple[Step, State, Finding]] = []
    for _, standing in tuple(steps.standings()):
        if standing.step.has_probe and standing.state is not State.SKIPPED:
            settings.console.detail(f"Looking at {standing.step.id}")
            rows.append((standing.step, standing.state, steps.verify(standing.step)))
    steps.exchange()
    drifted = [step.id for step, before, found in rows if found.holds is False and before in _DONE]
    unknown = [step.id for step, _, found in rows if found.holds is None]
    settings.console.document(
        {
            "schema": "autocorp-wizard/checklist-verify-all/1",
            "environment": steps.environment.name,
            "drifted": [*drifted],
            "steps": [
                {
                    "step": step.id,
                    "verify": step.verify,
                    "before": before.value,
                    "holds": found.holds,
                    "sentence": found.sentence,
                }
                for step, before, found in rows
            ],
        }
    )
    for step, before, found in rows:
        word, tone = FOUND_WORDS[found.holds]
        drift = f" (was {before.value})" if step.id in drifted else ""
        settings.console.styled_result(f"  {word:<10} {step.id:<34} {found.sentence}{drift}", tone)
    said = "1 step has" if len(drifted) == 1 else f"{len(drifted)} steps have"
    settings.console.say(f"{said} drifted: {', '.join(drifted)}." if drifted else "Nothing that was done has drifted.")
    if drifted:
        return int(ExitCode.FAILED)
    return int(ExitCode.INCONCLUSIVE if unknown else ExitCode.OK)
