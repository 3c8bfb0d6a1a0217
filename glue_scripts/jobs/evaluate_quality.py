"""Evaluates the data quality rulesets that are due: a table's rules run once per interval, and a broken rule fails.

A Python shell job: it only starts evaluations and waits, Glue runs them on workers of their own. A table that the
catalog does not hold yet has no quality; it is named and passed over. Python shell jobs have Python 3.9.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Protocol, cast

_REFERENCE = re.compile(r'ReferentialIntegrity\s+"[^"]+"\s+"(\w+)\.')
_FINISHED = frozenset({"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT"})
_POLL_SECONDS = 15.0
_WORKERS = 2
_TIMEOUT_MINUTES = 30

Answer = Mapping[str, object]


class Glue(Protocol):
    """As much of the Glue client as this needs."""

    def list_data_quality_rulesets(self, **parameters: object) -> Answer: ...
    def list_data_quality_ruleset_evaluation_runs(self, **parameters: object) -> Answer: ...
    def get_data_quality_ruleset(self, **parameters: object) -> Answer: ...
    def get_data_quality_ruleset_evaluation_run(self, **parameters: object) -> Answer: ...
    def get_data_quality_result(self, **parameters: object) -> Answer: ...
    def get_tables(self, **parameters: object) -> Answer: ...
    def start_data_quality_ruleset_evaluation_run(self, **parameters: object) -> Answer: ...


@dataclass(frozen=True)
class Settings:
    """What the job is told: whose rulesets, on which database, how often, with which role."""

    database: str
    prefix: str
    role: str
    interval: timedelta


@dataclass(frozen=True)
class Ruleset:
    """A ruleset and the tables that it needs: its own, and those that its references name."""

    name: str
    table: str
    references: tuple[str, ...]


def evaluate(
    glue: Glue,
    settings: Settings,
    say: Callable[[str], None],
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> list[str]:
    """Evaluate what is due and return the rules that are broken, each with its table."""
    tables = {str(table["Name"]) for table in _pages(glue.get_tables, "TableList", DatabaseName=settings.database)}
    runs: dict[str, Ruleset] = {}
    for ruleset in _rulesets(glue, settings.prefix):
        missing = sorted({ruleset.table, *ruleset.references} - tables)
        if missing:
            say(f"{ruleset.table}: not evaluated, the catalog does not hold {', '.join(missing)} yet")
        elif _evaluated_since(glue, settings, ruleset.table, now() - settings.interval):
            say(f"{ruleset.table}: not due")
        else:
            runs[_start(glue, settings, ruleset)] = ruleset
    broken: list[str] = []
    for run_id, ruleset in runs.items():
        broken += [f"{ruleset.table}: {rule}" for rule in _outcome(glue, run_id, sleep)]
        say(f"{ruleset.table}: evaluated")
    return broken


def _rulesets(glue: Glue, prefix: str) -> Iterator[Ruleset]:
    for listed in _pages(glue.list_data_quality_rulesets, "Rulesets"):
        name = str(listed["Name"])
        target = listed.get("TargetTable")
        if name.startswith(prefix) and isinstance(target, Mapping):
            text = str(glue.get_data_quality_ruleset(Name=name)["Ruleset"])
            yield Ruleset(name, str(target["TableName"]), tuple(sorted(set(_REFERENCE.findall(text)))))


def _evaluated_since(glue: Glue, settings: Settings, table: str, since: datetime) -> bool:
    """Whether an evaluation that counts began since then; one that broke off does not."""
    found = _pages(
        glue.list_data_quality_ruleset_evaluation_runs,
        "Runs",
        Filter={"DataSource": _source(settings.database, table), "StartedAfter": since},
    )
    return any(run["Status"] in {"STARTING", "RUNNING", "SUCCEEDED"} for run in found)


def _start(glue: Glue, settings: Settings, ruleset: Ruleset) -> str:
    answer = glue.start_data_quality_ruleset_evaluation_run(
        DataSource=_source(settings.database, ruleset.table),
        AdditionalDataSources={name: _source(settings.database, name) for name in ruleset.references},
        NumberOfWorkers=_WORKERS,
        Role=settings.role,
        RulesetNames=[ruleset.name],
        Timeout=_TIMEOUT_MINUTES,
    )
    return str(answer["RunId"])


def _outcome(glue: Glue, run_id: str, sleep: Callable[[float], None]) -> list[str]:
    """Wait for one evaluation; returns its broken rules, and a run that broke off as one of them."""
    while (run := glue.get_data_quality_ruleset_evaluation_run(RunId=run_id))["Status"] not in _FINISHED:
        sleep(_POLL_SECONDS)
    if run["Status"] != "SUCCEEDED":
        return [f"the evaluation ended {run['Status']}: {run.get('ErrorString', 'no reason given')}"]
    broken: list[str] = []
    for result_id in cast("Sequence[str]", run.get("ResultIds", ())):
        result = glue.get_data_quality_result(ResultId=result_id)
        for rule in cast("Sequence[Answer]", result.get("RuleResults", ())):
            if rule["Result"] != "PASS":
                named, why = rule.get("Description", rule.get("Name")), rule.get("EvaluationMessage", "broken")
                broken.append(f"{named} ({why})")
    return broken


def _source(database: str, table: str) -> dict[str, object]:
    return {"GlueTable": {"DatabaseName": database, "TableName": table}}


def _pages(operation: Callable[..., Answer], key: str, **parameters: object) -> Iterator[Answer]:
    token: object = None
    while True:
        answer = operation(**parameters, **({"NextToken": token} if token else {}))
        yield from cast("Sequence[Answer]", answer.get(key, ()))
        token = answer.get("NextToken")
        if not token:
            return


def settings_of(arguments: Sequence[str]) -> Settings:
    """Read `--name value` pairs as Glue passes them; others of Glue's own are ignored. Raises KeyError."""
    given = {name[2:]: arguments[place + 1] for place, name in enumerate(arguments[:-1]) if name.startswith("--")}
    return Settings(
        given["curated_database"],
        given["ruleset_prefix"],
        given["quality_role"],
        timedelta(hours=int(given["interval_hours"])),
    )


def main() -> None:
    """Evaluate, and end the run failed where a rule is broken."""
    import boto3

    broken = evaluate(
        cast("Glue", boto3.client("glue")),
        settings_of(sys.argv[1:]),
        lambda text: print(text, flush=True),
        lambda: datetime.now(timezone.utc),  # noqa: UP017  (Python 3.9 knows no UTC)
        time.sleep,
    )
    if broken:
        raise SystemExit("Broken: " + "; ".join(broken))


if __name__ == "__main__":
    main()
