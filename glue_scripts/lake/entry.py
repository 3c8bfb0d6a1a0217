"""What a job's script calls: one table, or all of them in one session."""

import json
import sys
from collections.abc import Sequence

from pyspark.sql import SparkSession

from glue_scripts.lake.arguments import Settings, parse
from glue_scripts.lake.contracts import CONTRACTS, Contract, contract_of
from glue_scripts.lake.metrics import publish
from glue_scripts.lake.pipeline import run
from glue_scripts.lake.refusals import BatchRefusedError
from glue_scripts.lake.session import build_session


def run_job(table: str, arguments: Sequence[str]) -> None:
    """Run one batch of `table`. Raises BatchRefusedError, which Glue shows as the run's error."""
    contract = contract_of(table)
    settings = parse(arguments)
    _say_ignored(settings)
    _batch(build_session(contract.job, hudi=settings.sink == "hudi"), contract, settings)


def run_all(arguments: Sequence[str]) -> None:
    """Run one batch of every table (or of those in `--tables`) in one session.

    One that fails does not stop the others; the run then fails with BatchRefusedError TABLES-FAILED that names them.
    """
    settings = parse(arguments)
    _say_ignored(settings)
    contracts = [contract_of(name) for name in settings.tables] or list(CONTRACTS.values())
    refresh(build_session("refresh_all", hudi=settings.sink == "hudi"), contracts, settings)


def refresh(spark: SparkSession, contracts: Sequence[Contract], settings: Settings) -> None:
    """Run a batch of each of `contracts`. Raises BatchRefusedError TABLES-FAILED where some of them failed."""
    failed: dict[str, str] = {}
    for contract in contracts:
        try:
            _batch(spark, contract, settings)
        except Exception as error:  # whatever befalls one table is not the others' business
            failed[contract.name] = str(error).splitlines()[0] if str(error) else type(error).__name__
            print(json.dumps({"autocorp": "failure", "table": contract.name, "error": str(error)}), file=sys.stderr)
    if failed:
        raise BatchRefusedError(
            "TABLES-FAILED",
            f"{len(failed)} of {len(contracts)} tables failed: {', '.join(failed)}.",
            why=" ".join(f"{name}: {why}" for name, why in failed.items()),
            next_step="The others are up to date. Each failure is in this run's error log.",
        )


def _batch(spark: SparkSession, contract: Contract, settings: Settings) -> None:
    account = run(spark, contract, settings)
    print(account.as_metrics_line(), flush=True)
    publish(account, settings.metrics_namespace)


def _say_ignored(settings: Settings) -> None:
    if settings.ignored:
        print(json.dumps({"autocorp": "arguments", "not_ours": list(settings.ignored)}))
