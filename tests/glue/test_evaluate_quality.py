"""Rulesets that are due are evaluated, tables that do not exist are passed over, a broken rule fails the run."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from glue_scripts.jobs import evaluate_quality
from glue_scripts.jobs.evaluate_quality import Settings, evaluate, settings_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATELY, LONG_AGO = NOW - timedelta(hours=2), NOW - timedelta(days=9)
SETTINGS = Settings("curated", "autocorp-dev-", "arn:aws:iam::1:role/glue", timedelta(hours=24))
RULES = {
    "lines": 'Rules = [ReferentialIntegrity "order_id" "orders.order_id" = 1.0]',
    "orders": "Rules = [RowCount > 0]",
}


class FakeGlue:
    """Rulesets by table, and how each evaluation ends."""

    def __init__(self, rulesets, *, tables, results=None, status="SUCCEEDED", earlier=None):
        self.rulesets, self.tables, self.results = rulesets, tables, results or {}
        self.status, self.earlier = status, earlier or {}
        self.started, self.looks = [], 0

    def list_data_quality_rulesets(self, **parameters):
        names = sorted(self.rulesets)
        place = int(parameters.get("NextToken", 0))
        page = [{"Name": f"autocorp-dev-{name}", "TargetTable": {"TableName": name}} for name in names[place:][:1]]
        page += [{"Name": "payroll", "TargetTable": {"TableName": "salaries"}}]
        return {"Rulesets": page, "NextToken": str(place + 1) if place + 1 < len(names) else None}

    def get_data_quality_ruleset(self, **asked):
        return {"Ruleset": self.rulesets[asked["Name"].removeprefix("autocorp-dev-")]}

    def get_tables(self, **asked):
        assert asked["DatabaseName"] == "curated"
        return {"TableList": [{"Name": name} for name in self.tables]}

    def list_data_quality_ruleset_evaluation_runs(self, **asked):
        table = asked["Filter"]["DataSource"]["GlueTable"]["TableName"]
        status, at = self.earlier.get(table, ("SUCCEEDED", LONG_AGO))
        return {"Runs": [{"Status": status}] if at > asked["Filter"]["StartedAfter"] else []}

    def start_data_quality_ruleset_evaluation_run(self, **asked):
        self.started.append(asked)
        return {"RunId": asked["DataSource"]["GlueTable"]["TableName"]}

    def get_data_quality_ruleset_evaluation_run(self, **asked):
        self.looks += 1
        status = self.status if self.looks % 2 == 0 else "RUNNING"
        return {"Status": status, "ResultIds": [asked["RunId"]], "ErrorString": "no workers"}

    def get_data_quality_result(self, **asked):
        return {"RuleResults": self.results.get(asked["ResultId"], [{"Result": "PASS"}])}


def run(glue):
    said, slept = [], []
    return evaluate(glue, SETTINGS, said.append, lambda: NOW, slept.append), said, slept


def test_what_is_due_is_evaluated_with_the_tables_that_it_refers_to():
    glue = FakeGlue(RULES, tables={"lines", "orders"})
    broken, said, slept = run(glue)
    assert broken == []
    assert said == ["lines: evaluated", "orders: evaluated"]
    lines = glue.started[0]
    other = {"GlueTable": {"DatabaseName": "curated", "TableName": "orders"}}
    assert lines["AdditionalDataSources"] == {"orders": other}
    assert (lines["RulesetNames"], lines["Role"]) == (["autocorp-dev-lines"], SETTINGS.role)
    assert len(slept) == 2


def test_a_table_that_is_not_there_yet_or_refers_to_one_is_passed_over():
    glue = FakeGlue(RULES, tables={"lines"})
    broken, said, _ = run(glue)
    assert (broken, glue.started) == ([], [])
    assert said == [
        "lines: not evaluated, the catalog does not hold orders yet",
        "orders: not evaluated, the catalog does not hold orders yet",
    ]


def test_what_was_evaluated_within_the_interval_is_not_due_unless_it_broke_off():
    earlier = {"lines": ("SUCCEEDED", LATELY), "orders": ("FAILED", LATELY)}
    assert run(FakeGlue(RULES, tables=set(RULES), earlier=earlier))[1] == ["lines: not due", "orders: evaluated"]


def test_broken_rules_and_evaluations_that_broke_off_are_named():
    rule = {"Result": "FAIL", "Description": "RowCount > 0", "EvaluationMessage": "Value: 0"}
    broken = run(FakeGlue(RULES, tables={"orders"}, results={"orders": [rule]}))[0]
    assert broken == ["orders: RowCount > 0 (Value: 0)"]
    broken = run(FakeGlue(RULES, tables={"orders"}, status="FAILED"))[0]
    assert broken == ["orders: the evaluation ended FAILED: no workers"]


def test_arguments_come_as_glue_passes_them():
    given = "--JOB_NAME x --interval_hours 6 --curated_database curated --ruleset_prefix autocorp-dev- --quality_role r"
    assert settings_of(given.split()) == Settings("curated", "autocorp-dev-", "r", timedelta(hours=6))
    with pytest.raises(KeyError, match="quality_role"):
        settings_of(["--curated_database", "c", "--ruleset_prefix", "p"])


def test_python_shell_jobs_have_python_3_9():
    text = Path(str(evaluate_quality.__file__)).read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 9))
    for newer in ("slots=True", "datetime.UTC", "import UTC", "strict=", "pairwise", "StrEnum"):
        assert newer not in text
