"""`verify`: proof that the lake works. `data` compares it with the source, row by row."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from autocorp_wizard.cli import passwords, targets
from autocorp_wizard.cli.options import WizardCommand, WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import InconclusiveError, UsageError
from autocorp_wizard.core.reconciliation import Standing, TableResult

if TYPE_CHECKING:
    from autocorp_wizard.core.environment import Environment
    from autocorp_wizard.operate.look import Look

_WORDS = {Standing.EQUAL: ("ok", "good"), Standing.DIFFERENT: ("FAIL", "error"), Standing.UNSEEN: ("????", "warn")}


@click.group("verify", cls=WizardGroup, example="autocorp-wizard verify data --env dev")
def command() -> None:
    """Prove that the lake works."""


@command.command(
    "data",
    cls=WizardCommand,
    example="autocorp-wizard verify data --env dev\n"
    "autocorp-wizard verify data sales_order --env rehearsal --curated ./curated\n"
    "autocorp-wizard verify data --env prod --json | jq .verdict",
)
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--curated", metavar="ROOT", help="The curated zone: a directory, or s3://BUCKET/PREFIX.")
@click.option("--values", is_flag=True, help="Also show what the first differing row holds on both sides.")
@pass_settings
def data(settings: Settings, tables: tuple[str, ...], curated: str | None, values: bool) -> None:
    """Compare the source and the curated tables: counts, keys, checksums of whole rows.

    Names the first row that differs. What the source changed after the lake's last commit is not there yet: compare
    when replication is still, or look at the time of the commit. Ends with 0 (equal), 3 (different) or 5 (a table could
    not be looked at).
    """
    from autocorp_wizard.adapters.lake_tables import CuratedZone
    from autocorp_wizard.operate.data_check import DataReport, compare_tables
    from autocorp_wizard.operate.source_probes import TABLES

    unknown = [table for table in tables if table not in TABLES]
    if unknown:
        raise UsageError(
            "TABLE-UNKNOWN",
            f"There is no replicated table {unknown[0]!r}.",
            why="Exports are tables of their own, without a counterpart in the database.",
            next_step=f"Known are {', '.join(TABLES)}.",
        )
    if curated is not None and "://" not in curated and not Path(curated).is_dir():
        raise UsageError(
            "LAKE-ROOT",
            f"There is no directory {curated}.",
            next_step="Name the directory that holds hudi/TABLE, or s3://BUCKET/PREFIX.",
        )
    environment = targets.load(settings)
    look = _look(settings, environment)
    root = curated or _deployed(look)
    assert look.source is not None  # noqa: S101  every look has a way to the source
    results: list[TableResult] = []
    with look.source() as connection, CuratedZone(root, look.access) as zone:
        for result in compare_tables(connection, zone.read, tables or TABLES):
            results.append(result)
            word, tone = _WORDS[result.standing]
            settings.console.styled_result(f"{word:<4} {result.table}: {result.sentence}", tone)
            if values and result.first:
                for name, source, lake in result.first.columns:
                    settings.console.result(f"       {name}: source {source!r}, lake {lake!r}")
            _say_commit(settings, result)
    report = DataReport(environment.name, root, datetime.now(UTC), tuple(results))
    settings.console.document(report.as_document(values=values))
    settings.console.result(f"Verdict: {report.verdict}")
    raise Exit(int(report.exit_code))


def _say_commit(settings: Settings, result: TableResult) -> None:
    if result.at is not None:
        settings.console.detail(f"       last commit of the lake: {result.commit}, {result.at:%Y-%m-%d %H:%M:%S} UTC")


def _look(settings: Settings, environment: "Environment") -> "Look":
    from autocorp_wizard.rollout.looking import look_at

    ambient = passwords.ambient(settings, environment)
    return look_at(environment, settings.home, settings.console.detail, lambda: ambient.get(passwords.PASSWORD, ""))


def _deployed(look: "Look") -> str:
    """Return the curated zone of the lake that is deployed. Raises InconclusiveError where there is none."""
    from autocorp_wizard.operate.observing import with_state

    bucket = with_state(look).output("data_lake_bucket_id")
    if not bucket:
        raise InconclusiveError(
            "LAKE-UNSEEN",
            f"There is no lake to look at: phase 1 (foundation) of {look.subject.environment} is not deployed.",
            next_step="Roll it out, or name a curated zone: verify data --curated ROOT",
        )
    return f"s3://{bucket}/curated"
