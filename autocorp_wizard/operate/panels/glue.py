"""The jobs and their last runs, the crawlers and the workflow."""

from typing import Final

from autocorp_wizard.core import objectives
from autocorp_wizard.core import status_rules as rules
from autocorp_wizard.core.status_rules import Run
from autocorp_wizard.operate.look import Look, Sheet

# As many runs as one page holds: what the promises are judged by.
HISTORY: Final = 200
_RUNS: Final = "glue:GetJobRuns"


def fill(look: Look, sheet: Sheet) -> None:
    """Ask for the runs of each job, the last crawls and the last run of the workflow."""
    refresh = look.output("glue_refresh_job_name")
    if refresh:
        with sheet.asking("refresh", "Refresh job", _RUNS):
            history = job_runs(look, refresh, HISTORY)
            judged = rules.runs(history)
            sheet.promise(objectives.glue_duration(history))
            sheet.promise(objectives.pipeline_success(history))
            last = next((run for run in history if not run.is_running), None)
            sheet.add(
                "refresh",
                "Refresh job",
                judged,
                _RUNS,
                value=last.seconds if last else None,
                unit="s",
                at=last.finished if last else None,
            )
    else:
        sheet.lacking("refresh", "Refresh job", "glue_refresh_job_name")
    for table, job in sorted(look.output_map("glue_job_names").items()):
        with sheet.asking(f"job:{table}", job, _RUNS):
            history = job_runs(look, job, 1)
            # Jobs of single tables are for people; the refresh does their work.
            value = history[0].state if history else None
            at = (history[0].finished or history[0].started) if history else None
            sheet.add(f"job:{table}", job, rules.runs(history, due=False), _RUNS, value=value, at=at, detail=True)
    _crawlers(look, sheet)
    _workflow(look, sheet)


def job_runs(look: Look, job: str, limit: int) -> list[Run]:
    """Return a job's runs, newest first, one page. Raises botocore's errors: call it within `asking`."""
    answer = look.access.client("glue").get_job_runs(JobName=job, MaxResults=limit)
    return [
        Run(
            state=each.get("JobRunState", ""),
            started=each.get("StartedOn"),
            finished=each.get("CompletedOn"),
            seconds=float(each["ExecutionTime"]) if each.get("CompletedOn") and "ExecutionTime" in each else None,
            message=each.get("ErrorMessage", "") or each.get("StateDetail", ""),
        )
        for each in answer.get("JobRuns", [])
    ]


def _crawlers(look: Look, sheet: Sheet) -> None:
    call = "glue:GetCrawler"
    for name in ("database", "csv"):
        crawler = look.output(f"glue_raw_{name}_crawler_name")
        if not crawler:
            # Crawlers can be turned off by an answer.
            continue
        with sheet.asking(f"crawler_{name}", f"Crawler {name}", call):
            found = look.access.client("glue").get_crawler(Name=crawler)["Crawler"]
            last = found.get("LastCrawl", {})
            judged = rules.crawler(found.get("State", ""), last.get("Status", ""), last.get("ErrorMessage", ""))
            sheet.add(
                f"crawler_{name}",
                f"Crawler {name}",
                judged,
                call,
                value=last.get("Status"),
                at=last.get("StartTime"),
                detail=judged.level is rules.OK,
            )


def _workflow(look: Look, sheet: Sheet) -> None:
    call = "glue:GetWorkflow"
    workflow = look.output("glue_workflow_name")
    if not workflow:
        sheet.lacking("workflow", "Workflow", "glue_workflow_name")
        return
    with sheet.asking("workflow", "Workflow", call):
        last = look.access.client("glue").get_workflow(Name=workflow)["Workflow"].get("LastRun", {})
        counts = last.get("Statistics", {})
        failed = counts.get("FailedActions", 0) + counts.get("ErroredActions", 0) + counts.get("TimeoutActions", 0)
        judged = rules.workflow(last.get("Status", ""), failed, counts.get("TotalActions", 0))
        sheet.add(
            "workflow",
            "Workflow",
            judged,
            call,
            value=last.get("Status"),
            at=last.get("CompletedOn") or last.get("StartedOn"),
            detail=judged.level is rules.OK,
        )
