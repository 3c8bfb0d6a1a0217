"""A report in the forms that other tools read: JUnit, SARIF 2.1.0, and Markdown for tickets."""

from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.preflight.record import Result, Status, Variant
from autocorp_wizard.core.preflight.report import Report

FORMATS: Final = ("text", "json", "junit", "sarif", "markdown")
# Marks in words beside them: never colour or a sign alone.
MARKS: Final = {
    Status.PASS: "ok",
    Status.WARN: "!",
    Status.FAIL: "x",
    Status.INCONCLUSIVE: "?",
    Status.SKIP: "-",
    Status.WAIVED: "w",
}
_LEVELS: Final = {Status.FAIL: "error", Status.WARN: "warning", Status.INCONCLUSIVE: "warning", Status.WAIVED: "note"}
_CONTROL: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def junit(report: Report) -> str:
    """Return the report as JUnit: FAIL is a failure, INCONCLUSIVE an error, SKIP and WAIVED are skipped with why."""
    counts = report.counts
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        name=f"preflight {report.environment}",
        tests=str(len(report.results)),
        failures=str(counts[Status.FAIL]),
        errors=str(counts[Status.INCONCLUSIVE]),
        skipped=str(counts[Status.SKIP] + counts[Status.WAIVED]),
        time=f"{report.seconds:.3f}",
        timestamp=report.at.isoformat(timespec="seconds"),
    )
    for each in report.ordered:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=f"preflight.{each.check.group.value}",
            name=each.check.id,
            time=f"{each.seconds:.3f}",
        )
        _junit_end(case, each)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _junit_end(case: ET.Element, each: Result) -> None:
    said = _clean(each.seen.summary)
    if each.status is Status.FAIL:
        ET.SubElement(case, "failure", message=said).text = _clean("\n".join(helps(each)))
    elif each.status is Status.INCONCLUSIVE:
        ET.SubElement(case, "error", message=said).text = _clean("\n".join(helps(each)))
    elif each.waiver:
        ET.SubElement(case, "skipped", message=_clean(f"waived until {each.waiver.until}: {each.waiver.reason}"))
    elif each.status is Status.SKIP:
        ET.SubElement(case, "skipped", message=said)
    else:
        ET.SubElement(case, "system-out").text = said


def _clean(text: str) -> str:
    """XML has no way to write most control characters."""
    return text.translate(_CONTROL)


def sarif(report: Report) -> dict[str, Json]:
    """Return the report as SARIF: a rule for each check, a result for whatever is not well."""
    rules: list[Json] = [
        {
            "id": each.check.id,
            "shortDescription": {"text": each.check.title},
            "helpUri": f"https://github.com/autocorp/autocorp-wizard/blob/main/{each.check.anchor}",
        }
        for each in report.ordered
    ]
    results: list[Json] = []
    for index, each in enumerate(report.ordered):
        if each.status not in _LEVELS:
            continue
        entry: dict[str, Json] = {
            "ruleId": each.check.id,
            "ruleIndex": index,
            "level": _LEVELS[each.status],
            "message": {"text": " ".join([each.seen.summary, *helps(each)])},
            "locations": [
                {"logicalLocations": [{"name": report.environment, "kind": "environment"}]},
            ],
        }
        if each.waiver:
            justification = f"{each.waiver.reason} ({each.waiver.by}, until {each.waiver.until})"
            entry["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
        results.append(entry)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "autocorp-wizard preflight", "rules": rules}},
                "results": results,
            }
        ],
    }


def markdown(report: Report) -> str:
    """Return the report as a ticket's text."""
    lines = [f"# Preflight of {report.environment}", "", f"{report.at:%Y-%m-%d %H:%M} UTC. {report.sentence}", ""]
    causes = report.causes
    if causes:
        lines += ["## To be looked at", ""]
        for each in causes:
            lines.append(f"- **{each.status.value}** `{each.check.id}`: {_escaped(each.seen.summary)}")
            lines += [f"  - {_escaped(text)}" for text in (*each.seen.findings, *helps(each))]
        lines.append("")
    lines += ["| status | check | seen | from |", "|---|---|---|---|"]
    for each in report.ordered:
        said = f"waived until {each.waiver.until}: {each.waiver.reason}" if each.waiver else each.seen.summary
        lines.append(f"| {each.status.value} | `{each.check.id}` | {_escaped(said)} | {each.check.vantage.value} |")
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def helps(result: Result, kind: Variant | None = None) -> Iterable[str]:
    """Yield what helps, a line for each remedy, and where it will be told; `kind` leaves out other kinds of source."""
    for remedy in result.seen.remedies:
        if kind is not None and remedy.variant not in (Variant.ANY, kind):
            continue
        told = remedy.sql or remedy.config or remedy.hba or remedy.command
        variant = "" if remedy.variant.value == "any" else f"{remedy.variant.value}: "
        yield variant + (f"{remedy.text} {told}" if told else remedy.text)
    if result.seen.resolves_at:
        yield f"It will be told by: {result.seen.resolves_at}."
    if result.expired:
        yield f"Its waiver ran out on {result.expired}; decide again."
