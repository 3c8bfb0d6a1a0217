"""The entry point, and the only place that picks the face: screens on a terminal, plain lines elsewhere."""

import os
import sys
from typing import TYPE_CHECKING

from autocorp_wizard.cli.app import run

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.core.environment import Environment


def open_wizard(settings: "Settings", environment: "Environment | None", *, dashboard: bool = False) -> int:
    """Open the full-screen wizard, on an environment where one is given, on its dashboard where that is wanted."""
    from autocorp_wizard.tui.opening import run_app

    if settings.no_color:
        os.environ["NO_COLOR"] = "1"  # the screens' library reads it
    return run_app(
        settings.home,
        environment,
        store=lambda: settings.store,
        mouse=not settings.no_mouse,
        dashboard=dashboard,
    )


def main() -> None:
    """Run `autocorp-wizard`."""
    raise SystemExit(run(sys.argv[1:], open_wizard))


if __name__ == "__main__":
    main()
