"""Approving the plans of a rollout from the keyboard: each is shown before it is asked about."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from autocorp_wizard.cli import questions, reviewing
from autocorp_wizard.core import events as ev

if TYPE_CHECKING:
    from autocorp_wizard.cli.following import Followed
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.core.runstate import RunState


class Approvals:
    """Answers one rollout: a plan waits where a child made it, it changes something, and its stage is not applied."""

    def __init__(self, settings: "Settings", run: str) -> None:
        self._settings = settings
        self._run = run

    def question_of(self, envelope: ev.Envelope, followed: "Followed") -> Callable[[], None] | None:
        """Return the question that an event calls for, None for most."""
        state = followed.states[envelope.run]
        is_plan_end = isinstance(envelope.event, ev.RunFinished) and state.operation == ev.Operation.PLAN
        if not is_plan_end or state.parent != self._run or not state.plan_changed:
            return None
        if state.outcome != ev.Outcome.SUCCEEDED or self._is_applied(state.stage, followed):
            return None
        return lambda: self._ask(state)

    @staticmethod
    def _is_applied(stage: str, followed: "Followed") -> bool:
        return any(s.operation == ev.Operation.APPLY and s.stage == stage for s in followed.states.values())

    def _ask(self, state: "RunState") -> None:
        settings = self._settings
        plan = settings.engine.plan(state.run)
        for text, tone in reviewing.review(plan, verbose=settings.verbose):
            settings.console.say(text, tone)
        if reviewing.loses_data(plan):
            approved = questions.typed_name(settings, "This plan loses data.", plan.environment, "")
        else:
            approved = questions.confirm(settings, f"Apply this? {plan.headline}")
        if approved:
            settings.engine.approve(self._run, plan.digest)
        else:
            settings.engine.cancel(self._run)
