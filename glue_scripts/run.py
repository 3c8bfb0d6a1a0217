"""One batch of one table from anybody's terminal: `python -m glue_scripts.run TABLE --raw ROOT --curated ROOT`.

It is the very job that Glue runs, on local paths or on S3 (`s3a://`, `s3://`), which is found as every AWS client of
this shell finds it.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from glue_scripts.jars import JarMissingError, hudi_bundle, s3_jars
from glue_scripts.lake.account import Account
from glue_scripts.lake.arguments import SINKS, parse
from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.lake.refusals import BatchRefusedError

USAGE, FAILED = 2, 3


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    given = _parser().parse_args(arguments)
    try:
        account = _run(given)
    except (BatchRefusedError, JarMissingError) as error:
        return _refused(given, error.code, str(error))
    except _aws_errors() as error:
        return _refused(given, "S3-REFUSED", f"S3-REFUSED: {error} Check bucket, region and credentials of this shell.")
    print(json.dumps(account.as_document()) if given.json else _sentence(account))
    return 0


def _refused(given: argparse.Namespace, code: str, message: str) -> int:
    if given.json:
        print(json.dumps({"table": given.table, "error": {"code": code, "message": message}}))
    print(message, file=sys.stderr)
    return USAGE if code.startswith("ARGUMENT-") else FAILED


def _aws_errors() -> tuple[type[Exception], ...]:
    """What boto3 raises; nothing where it was never loaded."""
    exceptions = sys.modules.get("botocore.exceptions")
    return (exceptions.BotoCoreError, exceptions.ClientError) if exceptions else ()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m glue_scripts.run", description=__doc__.splitlines()[0])
    parser.add_argument("table", metavar="TABLE", choices=tuple(CONTRACTS), help=", ".join(CONTRACTS))
    parser.add_argument("--raw", required=True, metavar="ROOT", help="root of the raw zone")
    parser.add_argument("--curated", required=True, metavar="ROOT", help="root of the curated zone")
    parser.add_argument("--quarantine", metavar="ROOT", help="root of the quarantine zone (default: beside curated)")
    parser.add_argument("--window", metavar="FROM..TO", help="days that dates of an export must lie in")
    parser.add_argument("--snapshot", action="store_true", help="a newer file also removes what it lacks")
    parser.add_argument("--breaker", default="0.5", metavar="SHARE", help="refuse when more is set aside (0 to 1)")
    parser.add_argument("--sink", choices=SINKS, default="hudi")
    parser.add_argument("--json", action="store_true", help="print the batch's account as one JSON object")
    return parser


def _run(given: argparse.Namespace) -> Account:
    curated = _root(given.curated)
    quarantine = _root(given.quarantine) if given.quarantine else f"{curated.rpartition('/')[0]}/quarantine"
    words = [f"--raw_root={_root(given.raw)}", f"--curated_root={curated}", f"--quarantine_root={quarantine}"]
    words += [f"--sink={given.sink}", f"--breaker={given.breaker}"]
    words += [f"--window={given.window}"] if given.window else []
    words += ["--snapshot"] if given.snapshot else []
    settings = parse(words)
    # Spark is slow to import, and of no use to somebody who asks for help.
    from glue_scripts.lake.pipeline import run
    from glue_scripts.local import local_session
    from glue_scripts.s3_access import SCHEMES

    bundle = hudi_bundle() if given.sink == "hudi" else None
    remote = any(root.startswith(SCHEMES) for root in (given.raw, given.curated, quarantine))
    spark = local_session(bundle, s3=s3_jars() if remote else ())
    try:
        return run(spark, CONTRACTS[given.table], settings)
    finally:
        spark.stop()


def _root(path: str) -> str:
    scheme, colon, _ = path.partition("://")
    if colon and scheme not in ("s3", "s3a", "file"):
        raise BatchRefusedError(
            "ARGUMENT-INVALID", f"{path} is no root that can be opened.", next_step="Give a path, or s3a://BUCKET/ZONE."
        )
    return path.rstrip("/") if "://" in path else str(Path(path).expanduser().resolve())


def _sentence(account: Account) -> str:
    if account.note:
        return f"{account.table}: {account.note}"
    aside = ", ".join(f"{code} {count}" for code, count in sorted(account.set_aside.items()))
    return (
        f"{account.table}: {account.read} rows read from {account.files} files: {account.written} written, "
        f"{account.deleted} deleted, {account.folded} folded, {sum(account.set_aside.values())} set aside"
        f"{f' ({aside})' if aside else ''}; commit {account.commit}, {account.seconds:.1f} s."
    )


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code) if code else sys.exit(0)
