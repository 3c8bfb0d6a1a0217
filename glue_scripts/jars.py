"""Jars that Spark needs on this machine beside its own: pinned, checksummed, fetched once.

`python -m glue_scripts.jars [5.0|5.1|s3]` fetches the Hudi bundle of Glue 5.0 (or 5.1), or what opens `s3a://` and
`s3://`, and prints the paths; afterwards nothing leaves the machine. Jobs on AWS Glue use what Glue brings.
`AUTOCORP_HUDI_BUNDLE` names the bundle to use where it is another one, or lies elsewhere.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OVERRIDE = "AUTOCORP_HUDI_BUNDLE"
DEFAULT = "5.0"


class JarMissingError(Exception):
    """A jar is not to be had; the message says why, and what to do. `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code: Final = code


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
# What fits the Hadoop that this Spark brings.
S3 = (
    Jar(
        "org.apache.hadoop",
        "hadoop-aws",
        "3.3.4",
        "53f9ae03c681a30a50aa17524bd9790ab596b28481858e54efd989a826ed3a4a",
    ),
    Jar(
        "com.amazonaws",
        "aws-java-sdk-bundle",
        "1.12.262",
        "873fe7cf495126619997bec21c44de5d992544aea7e632fdc77adb1a0915bae5",
    ),
)
SETS = {**{glue: (jar,) for glue, jar in HUDI.items()}, "s3": S3}


def cache_directory() -> Path:
    """Return where fetched jars are kept."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "autocorp-wizard" / "jars"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autocorp-wizard" / "jars"


def hudi_bundle() -> Path:
    """Return the bundle's path. Raises JarMissingError where it is not there; nothing is fetched."""
    code = "HUDI-BUNDLE-MISSING"
    named = os.environ.get(OVERRIDE)
    if named:
        if not Path(named).is_file():
            raise JarMissingError(code, f"{OVERRIDE} names {named}, which is no file.")
        return Path(named)
    path = cache_directory() / HUDI[DEFAULT].name
    if not path.is_file():
        raise JarMissingError(
            code,
            f"The Hudi bundle is not in {path.parent}. Fetch it: python -m glue_scripts.jars. "
            f"Or name one that is here: {OVERRIDE}=PATH. Without it: --sink parquet.",
        )
    return path


def s3_jars() -> tuple[Path, ...]:
    """Return the paths of what opens S3. Raises JarMissingError where it is not there; nothing is fetched."""
    paths = tuple(cache_directory() / jar.name for jar in S3)
    if not all(path.is_file() for path in paths):
        raise JarMissingError(
            "S3-JARS-MISSING",
            f"What opens s3a:// is not in {paths[0].parent}. Fetch it (270 MB, once): python -m glue_scripts.jars s3.",
        )
    return paths


def fetch(jars: Sequence[Jar]) -> list[Path]:
    """Fetch what is not in the cache yet, and return the paths.

    Spark's own resolver does it, from wherever that looks. Raises JarMissingError where it finds nothing, or something
    with another checksum.
    """
    cache = cache_directory()
    missing = [jar for jar in jars if not _is_right(cache / jar.name, jar)]
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".fetching-") as aside:
            _resolve(missing, Path(aside), cache)
    return [cache / jar.name for jar in jars]


def _resolve(jars: Sequence[Jar], aside: Path, cache: Path) -> None:
    coordinates = ",".join(f"{jar.group}:{jar.artifact}:{jar.version}" for jar in jars)
    command = [sys.executable, "-c", _RESOLVE, coordinates, str(aside)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for jar in jars:
        (found, *_) = (*(aside / "jars").glob(f"*{jar.name}"), None)
        if found is None:
            raise JarMissingError(
                "JAR-NOT-FETCHED", f"{jar.name} could not be fetched: {_reason(done.stdout + done.stderr)}"
            )
        if not _is_right(found, jar):
            raise JarMissingError(
                "JAR-REFUSED", f"{jar.name} was fetched, but its checksum is not {jar.sha256}: it is not kept."
            )
        shutil.move(found, cache / jar.name)


_RESOLVE = """
import sys
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
builder.config("spark.jars.packages", sys.argv[1]).config("spark.jars.ivy", sys.argv[2]).getOrCreate().stop()
"""


def _reason(output: str) -> str:
    telling = [line.strip() for line in output.splitlines() if "not found" in line or "rror" in line or "JAVA" in line]
    return telling[-1] if telling else "Spark's resolver gave no reason."


def _is_right(path: Path, jar: Jar) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    wanted = arguments[0] if arguments else DEFAULT
    if len(arguments) > 1 or wanted not in SETS:
        sys.stderr.write(f"usage: python -m glue_scripts.jars [{'|'.join(SETS)}]\n")
        return 2
    try:
        paths = fetch(SETS[wanted])
    except JarMissingError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write("".join(f"{path}\n" for path in paths))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
