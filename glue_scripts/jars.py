"""The Hudi bundle for Spark on this machine: pinned, checksummed, fetched once (`python -m glue_scripts.jars`).

Jobs on AWS Glue use the Hudi that Glue brings. Afterwards nothing leaves the machine. `AUTOCORP_HUDI_BUNDLE` names a
bundle that is there already.
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


# As Glue 5.0 has it.
HUDI = Jar(
    "org.apache.hudi",
    "hudi-spark3.5-bundle_2.12",
    "0.15.0",
    "aab6ecdb5c65fcd20406b980b31ccec294fae95693de947d5778f0b3fb4e302a",
)


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
    path = cache_directory() / HUDI.name
    if not path.is_file():
        raise BundleMissingError(
            f"The Hudi bundle is not in {path.parent}. Fetch it: python -m glue_scripts.jars. "
            f"Or name one that is here: {OVERRIDE}=PATH. Without it: --sink parquet."
        )
    return path


def fetch(jar: Jar = HUDI) -> Path:
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
    try:
        sys.stdout.write(f"{fetch()}\n")
    except BundleMissingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(3)
