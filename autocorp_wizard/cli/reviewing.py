"""A plan as people review it: risks first, then the changes by phase and module, counts, digest, and what to type."""

import shlex
from typing import TYPE_CHECKING

from autocorp_wizard.cli.lines import SYMBOLS
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.plan_page import RISK_WORDS

if TYPE_CHECKING:
    from autocorp_wizard.core.plan import Plan

# Risks that --yes does not approve (cli.md, apply).
STOPPING = ("data-loss", "replacement", "stops-replication")
LOSES_DATA = "data-loss"


def loses_data(plan: "Plan") -> list[str]:
    """Return the sentences of what would be lost."""
    return [risk.sentence for risk in plan.risks if risk.kind == LOSES_DATA]


def review(plan: "Plan", *, verbose: bool = False) -> list[tuple[str, str]]:
    """Return the lines of the review, each with its tone."""
    lines: list[tuple[str, str]] = []
    title = f"Plan of {plan.stage} in {plan.environment}"
    lines.append((title, "strong"))
    if plan.risks:
        lines.append((f"Risks ({len(plan.risks)}):", "warn"))
        for risk in plan.risks:
            tone = "error" if risk.kind in STOPPING else "warn"
            lines.append((f"  ! {RISK_WORDS.get(risk.kind, risk.kind)}: {risk.sentence}", tone))
            lines.append((f"      {risk.address}", "dim"))
    else:
        lines.append(("Risks: none found.", "good"))
    for phase, modules in plan.grouped():
        lines.append((f"Phase {phase.number} {phase.value}" if phase else "Without a phase", "strong"))
        for module, changes in modules:
            lines.append((f"  {module or '(root)'}", ""))
            for change in changes:
                lines.append((f"  {SYMBOLS.get(change.action, ' '):>3} {change.sentence}", _tone(change.action)))
                if verbose:
                    lines.append((f"        {change.address}", "dim"))
                if change.reason and change.action in (Action.REPLACE, Action.DELETE):
                    lines.append((f"        because: {change.reason}", "dim"))
                if verbose or change.action in (Action.UPDATE, Action.REPLACE):
                    lines += [(f"        {each}", "dim") for each in _attributes(change.attributes)]
    if plan.outputs_changed:
        lines.append(("Outputs that change: " + ", ".join(plan.outputs_changed), ""))
    lines.append((plan.headline, "strong"))
    if plan.changed:
        lines.append((f"Digest: {plan.digest}", ""))
    return lines


def next_command(plan: "Plan", env_file: str = "") -> str:
    """Return what to type to apply exactly this plan."""
    place = f"--env {plan.environment}" + (f" --env-file {shlex.quote(env_file)}" if env_file else "")
    confirm = f" --confirm {plan.environment}" if loses_data(plan) else ""
    return f"autocorp-wizard apply {plan.phase} {place} --approve {plan.short_digest}{confirm}"


def _tone(action: str) -> str:
    return {Action.DELETE: "error", Action.REPLACE: "error", Action.UPDATE: "warn", Action.CREATE: "good"}.get(
        Action(action), ""
    )


def _attributes(attributes: object) -> list[str]:
    from autocorp_wizard.core.attributes import AttributeChange

    shown: list[str] = []
    for each in attributes if isinstance(attributes, tuple) else ():
        if isinstance(each, AttributeChange):
            before, after = ("(sensitive)",) * 2 if each.sensitive else (_value(each.before), _value(each.after))
            shown.append(f"{each.path}: {before} -> {after if each.known or each.sensitive else '(known after apply)'}")
    return shown


def _value(value: Json) -> str:
    import json

    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
