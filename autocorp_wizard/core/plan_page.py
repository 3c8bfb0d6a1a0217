"""A plan as a page for a ticket or a pull request."""

from collections.abc import Mapping
from typing import Final

from autocorp_wizard.core.plan import Plan

RISK_WORDS: Final[Mapping[str, str]] = {
    "data-loss": "loses data",
    "replacement": "replaces",
    "stops-replication": "stops replication",
    "widens-access": "widens access",
    "costs-more": "costs more",
}


def as_markdown(plan: Plan) -> str:
    """Return the review as Markdown: headline, digest, risks, then the changes by phase."""
    lines = [f"# Plan of {plan.stage} in {plan.environment}", "", plan.headline, "", f"Digest: `{plan.digest}`", ""]
    lines += ["## Risks", ""]
    lines += [f"- **{RISK_WORDS.get(r.kind, r.kind)}**: {r.sentence} (`{r.address}`)" for r in plan.risks] or [
        "None found."
    ]
    for phase, modules in plan.grouped():
        lines += ["", f"## Phase {phase.number} {phase.value}" if phase else "## Without a phase", ""]
        for _, changes in modules:
            lines += [f"- {change.action.value}: {change.sentence} (`{change.address}`)" for change in changes]
    return "\n".join(lines) + "\n"
