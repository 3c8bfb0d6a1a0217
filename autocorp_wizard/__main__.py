"""The entry point, and the only place that picks the face: screens on a terminal, plain lines elsewhere."""

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING

from autocorp_wizard.cli.app import run
from autocorp_wizard.core.errors import UsageError

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.core.environment import Environment


def open_wizard(settings: "Settings", environment: "Environment | None") -> int:
    """Open the full-screen wizard, on an environment where one is given."""
    if importlib.util.find_spec("autocorp_wizard.tui.app") is None:
        raise UsageError(
            "SCREENS-MISSING",
            "This build has no full-screen wizard.",
            next_step="Use the commands: autocorp-wizard --help; the whole rollout: autocorp-wizard rehearse --plain",
        )
    run_app = importlib.import_module("autocorp_wizard.tui.app").run_app
    return int(run_app(settings.home, environment, store=settings.store, mouse=not settings.no_mouse))


def main() -> None:
    """Run `autocorp-wizard`."""
    raise SystemExit(run(sys.argv[1:], open_wizard))


if __name__ == "__main__":
    main()
