"""Builds the jobs' library before the package is made, so that an installation carries it (decisions.md 17)."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LibraryHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels, source distributions and editable installations alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Pack glue_scripts/lake into glue_scripts/dist."""
        scripts = Path(self.root) / "glue_scripts"
        runpy.run_path(str(scripts / "build.py"))["build"](scripts)
