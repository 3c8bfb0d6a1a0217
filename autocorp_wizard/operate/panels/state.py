"""Terraform's state: which phases are applied, what is tainted, and who holds the lock."""

from autocorp_wizard.core import objectives
from autocorp_wizard.core import status_rules as rules
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Judged, Level
from autocorp_wizard.operate.look import Look, Sheet

_READS = "s3:GetObject"


def fill(look: Look, sheet: Sheet) -> None:
    """Read the state and its lock through S3, which takes no lock."""
    with sheet.asking("resources", "Deployed", _READS):
        state = look.state.read()
        phases: list[Json] = [phase.value for phase in Phase if state and phase in state.phases]
        count = len(state.resources) if state else 0
        words = f"{', '.join(map(str, phases))} ({count} resources)" if count else "nothing deployed"
        sheet.add("resources", "Deployed", Judged(Level.OK if count else Level.OFF, words), _READS, value=count)
        sheet.add("phases", "Phases applied", Judged(Level.OK, ""), look.state.location, value=phases, detail=True)
        addresses = [resource.address for resource in state.resources] if state else []
        sheet.promise(objectives.module_reuse(addresses, look.now()))
        if state is not None:
            sheet.add(
                "serial", "State's serial", Judged(Level.OK, ""), look.state.location, value=state.serial, detail=True
            )
        if state is not None and state.tainted:
            words = f"half-made: {', '.join(state.tainted)}"
            sheet.add("tainted", "Half-made", Judged(Level.WARN, words), _READS, value=list[Json](state.tainted))
    with sheet.asking("lock", "Lock", _READS):
        lock = look.state.lock()
        held = (look.now() - lock.created).total_seconds() if lock and lock.created else None
        judged = rules.lock((lock.who or "somebody") if lock else "", held)
        sheet.add("lock", "Lock", judged, _READS, value=lock.who if lock else None, at=lock.created if lock else None)
