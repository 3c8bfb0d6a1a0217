"""Contestants in processes of their own: nothing that one loads or keeps is counted for another."""

import json
import subprocess
from collections.abc import Sequence


def figures_of(command: Sequence[str]) -> dict[str, float]:
    """Run a contestant and return the JSON object of figures that its last line holds. Raises where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
