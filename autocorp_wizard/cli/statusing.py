"""One look at what is deployed, and its screen; used by `status` and at the end of a rollout."""

import shutil
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.cli.status_lines import lines_of
from autocorp_wizard.core.status import Report
from autocorp_wizard.core.status_rows import screen_of

if TYPE_CHECKING:
    from autocorp_wizard.core.environment import Environment
    from autocorp_wizard.operate.look import Look

# Where no window says its width, lines may be as long as a log's.
_WIDE = 200


def way_to(settings: Settings, environment: "Environment") -> "Look":
    """Return the way to an environment's cloud; the rehearsal cloud is started where it does not run."""
    from autocorp_wizard.rollout.looking import look_at

    return look_at(environment, settings.home, settings.console.detail)


def look_once(settings: Settings, look: "Look") -> Report:
    """Ask AWS for everything that a status shows."""
    from autocorp_wizard.rollout.looking import status_of

    return status_of(look, settings.home)


def say(settings: Settings, report: Report) -> None:
    """Print a report for people; -v shows every single value."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE
    for text, tone in lines_of(screen_of(report, datetime.now(UTC), details=settings.verbose), width):
        settings.console.styled_result(text, tone)
