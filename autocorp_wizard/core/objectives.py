"""The promises of the assessment (its Success Metrics), and how each is judged by what was read.

A promise that this version does not measure says so and names what would: it is never counted as kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Final

from autocorp_wizard.core.status import Objective, Reason, Why
from autocorp_wizard.core.status_rules import CDC_LAG_PROMISE_SECONDS, Run, seconds_in_words

CDC_LAG: Final = Objective(
    "cdc-lag", "DMS CDC lag under 5 minutes", CDC_LAG_PROMISE_SECONDS, "s", source="cloudwatch:GetMetricData"
)
GLUE_DURATION: Final = Objective(
    "glue-duration", "Glue under 10 minutes for 1M rows", 600, "s", source="glue:GetJobRuns"
)
ATHENA_TIME: Final = Objective(
    "athena-time", "Athena aggregations under 30 s", 30, "s", source="athena:BatchGetQueryExecution"
)
PIPELINE_SUCCESS: Final = Objective(
    "pipeline-success", "Pipeline success over 99.5 %", 99.5, "%", source="glue:GetJobRuns"
)
MODULE_REUSE: Final = Objective("module-reuse", "80 % of the code in modules", 80, "%", source="terraform state")
MODULE_README: Final = Objective("module-readme", "Every module has a README", 100, "%", source="terraform/modules")

# What this version does not measure, each with what would.
NOT_MEASURED: Final[tuple[Objective, ...]] = tuple(
    Objective(name, promise, target, unit, sentence, reason=Reason(Why.NOT_MEASURED, sentence))
    for name, promise, target, unit, sentence in (
        (
            "data-latency",
            "Source to query under 15 minutes",
            900.0,
            "s",
            "Only a row that is followed from the source to an answer shows it; this version follows none.",
        ),
        ("zero-drift", "Zero drift", 0.0, "changes", "Only a plan shows it: autocorp-wizard plan foundation."),
        ("code-coverage", "95 % of infrastructure in code", 95.0, "%", "This version does not take stock of it."),
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """A finished query of the workgroup: how long it queued and ran, and its first words."""

    seconds: float
    finished: datetime
    words: str


def cdc_lag(points: Sequence[float], at: datetime | None) -> Objective:
    """Judge the latencies of the last quarter of an hour, source to target, by the worst."""
    if not points:
        return unknown(CDC_LAG, Reason(Why.NO_DATA, "CloudWatch has no latency of the task yet."))
    worst = max(points)
    words = f"worst of 15 min: {seconds_in_words(worst)}"
    return _measured(CDC_LAG, worst, worst < CDC_LAG.target, words, at, sample=len(points))


def glue_duration(history: Sequence[Run]) -> Objective:
    """Judge the longest successful run of the refresh job among those that AWS still lists."""
    good = [run for run in history if run.state == "SUCCEEDED" and run.seconds is not None]
    if not good:
        return unknown(GLUE_DURATION, Reason(Why.NO_DATA, "No run of the refresh job has succeeded yet."))
    longest = max(good, key=lambda run: run.seconds or 0.0)
    seconds = longest.seconds or 0.0
    # How many rows a run moved is not known here, so a short run keeps the promise only as far as it was tested.
    words = f"longest of {len(good)} runs: {seconds_in_words(seconds)} (rows not known)"
    return _measured(GLUE_DURATION, seconds, seconds < GLUE_DURATION.target, words, longest.finished, sample=len(good))


def athena_time(queries: Sequence[Query]) -> Objective:
    """Judge the time that 95 of 100 recent queries stayed under, queueing included."""
    if not queries:
        return unknown(ATHENA_TIME, Reason(Why.NO_DATA, "No query has succeeded in the workgroup yet."))
    ordered = sorted(queries, key=lambda query: query.seconds)
    mark = ordered[ceil(0.95 * len(ordered)) - 1]
    words = f"p95 of {len(ordered)} queries: {mark.seconds:.1f} s ({mark.words})"
    newest = max(query.finished for query in queries)
    return _measured(ATHENA_TIME, mark.seconds, mark.seconds < ATHENA_TIME.target, words, newest, sample=len(ordered))


def pipeline_success(history: Sequence[Run]) -> Objective:
    """Judge the share of the refresh job's ended runs that succeeded; runs that a person stopped do not count."""
    ended = [run for run in history if not run.is_running and run.state not in ("STOPPED", "STOPPING")]
    if not ended:
        return unknown(PIPELINE_SUCCESS, Reason(Why.NO_DATA, "No run of the refresh job has ended yet."))
    good = sum(run.state == "SUCCEEDED" for run in ended)
    share = 100.0 * good / len(ended)
    words = f"{good} of {len(ended)} runs ({share:.1f} %)"
    met = share > PIPELINE_SUCCESS.target
    return _measured(PIPELINE_SUCCESS, round(share, 3), met, words, ended[0].finished, sample=len(ended))


def module_reuse(addresses: Iterable[str], at: datetime) -> Objective:
    """Judge the share of the deployed resources that stand in modules."""
    found = list(addresses)
    if not found:
        return unknown(MODULE_REUSE, Reason(Why.NOT_DEPLOYED, "Nothing is deployed yet."))
    inside = sum(address.startswith("module.") for address in found)
    share = 100.0 * inside / len(found)
    words = f"{inside} of {len(found)} resources in modules"
    return _measured(MODULE_REUSE, round(share, 1), share >= MODULE_REUSE.target, words, at, sample=len(found))


def module_readme(modules: Sequence[tuple[str, bool]], at: datetime) -> Objective:
    """Judge whether each module of the tree has a README; `modules` are names and whether it has one."""
    if not modules:
        return unknown(MODULE_README, Reason(Why.BROKEN, "The tree of this installation holds no modules."))
    without = [name for name, has in modules if not has]
    share = 100.0 * (len(modules) - len(without)) / len(modules)
    words = f"missing in: {', '.join(without)}" if without else f"all {len(modules)} modules"
    return _measured(MODULE_README, round(share, 1), not without, words, at, sample=len(modules))


def unknown(promise: Objective, reason: Reason) -> Objective:
    """Return a promise that was not measured."""
    return replace(promise, sentence=reason.sentence, reason=reason)


def _measured(
    promise: Objective, value: float, met: bool, sentence: str, at: datetime | None, *, sample: int
) -> Objective:
    return replace(promise, value=value, met=met, sentence=sentence, at=at, sample=sample)
