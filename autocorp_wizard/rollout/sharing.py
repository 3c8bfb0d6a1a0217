"""What a team shares: the journal of a finished run goes to the state bucket, under `wizard/ENVIRONMENT/runs/`.

So a second operator, or whoever is on call, sees the same history. Journals are redacted when they are written.
"""

import sys

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.rollout.context import Context

# A plan changes nothing, and a rollout's history is its children's.
_SHARED = frozenset({Operation.BOOTSTRAP, Operation.APPLY, Operation.DESTROY, Operation.PROVE, Operation.RECOVER})


def share_journal(ctx: Context) -> None:
    """Copy this run's journal to the state bucket; where that fails the run's own end stands, and the log says why."""
    if ctx.request.operation not in _SHARED or not ctx.shared.knows_the_way:
        return
    try:
        ctx.state_store.put_shared(f"runs/{ctx.files.run}.jsonl", ctx.files.journal.read_bytes())
    except (WizardError, OSError) as error:
        sys.stderr.write(f"The journal was not shared: {ctx.recorder.discretion.text(str(error))}\n")
