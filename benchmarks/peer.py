"""The peer that some benchmarks compare with: tftui 0.14 in a virtual environment of its own, never a dependency.

It is installed on the first call (network) into `.venv-tftui`, which is ignored by git.
"""

import subprocess
import sys
import venv
from pathlib import Path

VERSION = "0.14.1"
FOLDER = Path(__file__).parents[1] / ".venv-tftui"


def python() -> str:
    """Return the interpreter that has tftui; SystemExit with the reason where it cannot be installed."""
    program = FOLDER / "bin" / "python"
    mark = FOLDER / f".tftui-{VERSION}"
    if not mark.exists():
        print(f"installing tftui {VERSION} into {FOLDER.name}", file=sys.stderr)
        venv.create(FOLDER, with_pip=True)
        done = subprocess.run([program, "-m", "pip", "install", "--quiet", f"tftui=={VERSION}"], check=False)
        if done.returncode:
            raise SystemExit(f"tftui {VERSION} could not be installed; give --without-tftui to leave it out.")
        mark.touch()
    return str(program)


def command() -> str:
    """Return the path of the `tftui` command."""
    return str(Path(python()).with_name("tftui"))
