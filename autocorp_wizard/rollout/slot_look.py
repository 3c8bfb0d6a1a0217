"""Whether replication left a slot on the source: it holds back the source's log until its disk is full."""

from dataclasses import dataclass

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import LeftoverFound
from autocorp_wizard.core.leftovers import unexpected
from autocorp_wizard.rollout.context import Context


@dataclass(frozen=True, slots=True)
class SlotLook:
    """The slots that DMS left, each with the statement that drops it, and why nobody could look (a sentence)."""

    found: tuple[LeftoverFound, ...] = ()
    unseen: tuple[str, ...] = ()


def find_slots(ctx: Context) -> SlotLook:
    """Look at the source for slots that DMS made and nobody reads from any more; changes nothing there."""
    from autocorp_wizard.adapters.postgres import Login, slots

    where = ctx.environment.variables | ctx.input_variables()
    password = ctx.password()
    if not where.get("postgres_host"):
        return SlotLook(unseen=("the source: its host is not known.",))
    if not password:
        return SlotLook(unseen=("the source: nobody gave its password (PGPASSWORD), so a slot may remain there.",))
    login = Login(
        str(where["postgres_host"]),
        int(str(where["postgres_port"])),
        str(where["postgres_database"]),
        str(where["postgres_username"]),
        password,
        str(where.get("postgres_ssl_mode") or "none"),
    )
    try:
        left = [slot for slot in slots(login) if slot.by_dms and not slot.active]
    except WizardError as error:
        return SlotLook(unseen=(f"the source: {error.what} {error.why}".strip(),))
    return SlotLook(
        tuple(
            unexpected(
                f"replication slot {slot.name}",
                f"It holds back the source's log until its disk is full. Drop it there: {slot.drop}",
            )
            for slot in left
        )
    )
