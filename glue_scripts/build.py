"""Packs the jobs' library for `--extra-py-files`: `python -m glue_scripts.build`. Needs nothing but Python.

The same sources give the same bytes on every machine: fixed order, time and rights, and nothing is compressed, because
a compressor's version would show in the result. Terraform sees a change of the library, and only that.
"""

import sys
import zipfile
from pathlib import Path

PACKAGE = "glue_scripts"
LIBRARY = "lake"
TARGET = Path("dist") / "autocorp_glue.zip"
# The first moment that a zip file can name.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def build(scripts: Path) -> Path:
    """Pack the library of the directory `scripts` (glue_scripts/) into its dist/ and return the zip file.

    Raises FileNotFoundError where there is no library.
    """
    sources = sorted((scripts / LIBRARY).rglob("*.py"), key=lambda path: path.relative_to(scripts).as_posix())
    if not sources:
        raise FileNotFoundError(f"{scripts / LIBRARY} holds no library")
    target = scripts / TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".writing")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as archive:
        for path in (scripts / "__init__.py", *sources):
            entry = zipfile.ZipInfo(f"{PACKAGE}/{path.relative_to(scripts).as_posix()}", _MOMENT)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    aside.replace(target)
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{build(Path(__file__).resolve().parent)}\n")
