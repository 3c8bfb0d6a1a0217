"""The Hudi bundle for Spark on this machine: pinned, checksummed, fetched once.

`python -m glue_scripts.jars [GLUE]` fetches that of Glue 5.0 (or GLUE: 5.1) and prints its path; afterwards nothing
leaves the machine. Jobs on AWS Glue use the Hudi that Glue brings. `AUTOCORP_HUDI_BUNDLE` names the bundle to
use where it is another one, or lies elsewhere.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

OVERRIDE = "AUTOCORP_HUDI_BUNDLE"


class BundleMissingError(Exception):
    """There is no bundle to be had; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar by its Maven coordinates, with the SHA-256 of its content."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name in the cache."""
        return f"{self.artifact}-{self.version}.jar"


# As each version of Glue has it.
HUDI = {
    "5.0": Jar(
        "org.apache.hudi",
        "hudi-spark3.5-bundle_2.12",
        "0.15.0",
        "aab6ecdb5c65fcd20406b980b31ccec294fae95693de947d5778f0b3fb4e302a",
    ),
    "5.1": Jar(
        "org.apache.hudi",
        "hudi-spark3.5-bundle_2.12",
        "1.0.2",
        "2c2ab65a11e91265e4b7346f954448c46df52d66fb72f52dad83767b621deae8",
    ),
}
DEFAULT = "5.0"


def cache_directory() -> Path:
    """Return where fetched jars are kept."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "autocorp-wizard" / "jars"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autocorp-wizard" / "jars"


def hudi_bundle() -> Path:
    """Return the bundle's path. Raises BundleMissingError where it is not there; nothing is fetched."""
    named = os.environ.get(OVERRIDE)
    if named:
        if not Path(named).is_file():
            raise BundleMissingError(f"{OVERRIDE} names {named}, which is no file.")
        return Path(named)
    path = cache_directory() / HUDI[DEFAULT].name
    if not path.is_file():
        raise BundleMissingError(
            f"The Hudi bundle is not in {path.parent}. Fetch it: python -m glue_scripts.jars. "
            f"Or name one that is here: {OVERRIDE}=PATH. Without it: --sink parquet."
        )
    return path


def fetch(jar: Jar) -> Path:
    """Fetch `jar` into the cache, unless it is there, and return its path.

    Spark's own resolver does it, from wherever that looks. Raises BundleMissingError where it finds nothing, or
    something with another checksum.
    """
    kept = cache_directory() / jar.name
    if kept.is_file() and _sha256(kept) == jar.sha256:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".fetching-") as aside:
        resolve = [sys.executable, "-c", _RESOLVE, f"{jar.group}:{jar.artifact}:{jar.version}", aside]
        done = subprocess.run(resolve, capture_output=True, text=True, check=False)
        (found, *_) = (*Path(aside, "jars").glob(f"*{jar.artifact}-{jar.version}.jar"), None)
        if found is None:
            raise BundleMissingError(f"{jar.name} could not be fetched: {_reason(done.stdout + done.stderr)}")
        if _sha256(found) != jar.sha256:
            raise BundleMissingError(f"{jar.name} was fetched, but its checksum is not {jar.sha256}: it is not kept.")
        shutil.move(found, kept)
    return kept


_RESOLVE = """
import sys
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
builder.config("spark.jars.packages", sys.argv[1]).config("spark.jars.ivy", sys.argv[2]).getOrCreate().stop()
"""


def _reason(output: str) -> str:
    telling = [line.strip() for line in output.splitlines() if "not found" in line or "rror" in line or "JAVA" in line]
    return telling[-1] if telling else "Spark's resolver gave no reason."


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    glue = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    if glue not in HUDI:
        sys.stderr.write(f"Known are the bundles of Glue {' and '.join(HUDI)}.\n")
        sys.exit(2)
    try:
        sys.stdout.write(f"{fetch(HUDI[glue])}\n")
    except BundleMissingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(3)
