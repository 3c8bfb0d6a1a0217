"""The month's budget, what was spent of it, and what AWS expects."""

from autocorp_wizard.core import status_rules as rules
from autocorp_wizard.core.status import Reason, Why
from autocorp_wizard.operate.look import Look, Sheet

_CALL = "budgets:DescribeBudget"


def fill(look: Look, sheet: Sheet) -> None:
    """Ask for the budget by name; AWS refreshes its figures up to three times a day."""
    name = look.output("budget_name")
    if not name:
        reason = Reason(Why.NOT_DEPLOYED, "no budget is deployed")
        sheet.unknown("budget", "Budget", reason, "terraform state")
        return
    with sheet.asking("budget", "Budget", _CALL):
        found = look.access.client("budgets").describe_budget(AccountId=look.subject.account_id, BudgetName=name)
        budget = found["Budget"]
        spent = budget.get("CalculatedSpend", {})
        actual, limit = spent.get("ActualSpend"), budget.get("BudgetLimit")
        if actual is None or limit is None:
            reason = Reason(Why.NO_DATA, "AWS has not counted the spending yet")
            sheet.unknown("budget", "Budget", reason, _CALL)
            return
        expected = spent.get("ForecastedSpend")
        judged = rules.budget(
            float(limit["Amount"]), float(actual["Amount"]), float(expected["Amount"]) if expected else None
        )
        sheet.add(
            "budget",
            "Budget",
            judged,
            _CALL,
            value=actual["Amount"],
            unit=actual["Unit"],
            at=budget.get("LastUpdatedTime"),
        )
