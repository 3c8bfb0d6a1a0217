"""Budgets: subscribers of notifications, changes in place and tags, which the stock service does not keep."""

from collections.abc import Mapping
from typing import Any, Final, cast

import moto.budgets.urls
from moto.budgets.exceptions import DuplicateRecordException, NotFoundException
from moto.budgets.models import Budget, BudgetsBackend, Notification, budgets_backends
from moto.budgets.responses import BudgetsResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import unix_time

from autocorp_wizard.rehearsal.services import replace_backend

_Details = Mapping[str, Any]
# What makes a notification the one that is meant; its state is the service's own.
_IDENTITY: Final = ("NotificationType", "ComparisonOperator", "Threshold")


class RehearsalBudgets(BudgetsBackend):
    """Finds budgets and notifications for what the stock backend lacks."""

    _url_module = moto.budgets.urls

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.tags: dict[str, dict[str, str]] = {}

    def budget(self, account_id: str, name: str) -> Budget:
        """Return a budget. Raises NotFoundException."""
        found = self.budgets[account_id].get(name)
        if found is None:
            raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
        return found

    def notification(self, account_id: str, name: str, details: _Details) -> Notification:
        """Return the notification of a budget that `details` describe. Raises NotFoundException."""
        for notification in self.budget(account_id, name).notifications:
            if _same(notification.details, details):
                return notification
        raise NotFoundException(f"Unable to get notification for budget: {name} - the notification doesn't exist.")

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of a budget, to be changed. Raises NotFoundException."""
        account, _, name = arn.removeprefix("arn:aws:budgets::").partition(":budget/")
        self.budget(account, name)
        return self.tags.setdefault(arn, {})

    def delete_budget(self, account_id: str, budget_name: str) -> None:
        """Delete a budget with its tags."""
        super().delete_budget(account_id, budget_name)
        self.tags.pop(_arn(account_id, budget_name), None)

    def delete_notification(self, account_id: str, budget_name: str, notification: dict[str, Any]) -> None:
        """Delete a notification. Raises NotFoundException, where the stock one says nothing."""
        self.budget(account_id, budget_name).notifications.remove(
            self.notification(account_id, budget_name, notification)
        )


class RehearsalBudgetsApi(BudgetsResponse):
    """Answers what Terraform asks beside the stock actions."""

    @property
    def backend(self) -> RehearsalBudgets:
        """The account's budgets."""
        return cast("RehearsalBudgets", budgets_backends[self.current_account][self.partition])

    def create_budget(self) -> str:
        """Create a budget with its notifications and tags."""
        answer = super().create_budget()
        account, name = self._get_param("AccountId"), self._get_param("Budget")["BudgetName"]
        given = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags", [])}
        if given:
            self.backend.tags[_arn(account, name)] = given
        return answer

    def update_budget(self) -> ActionResult:
        """Replace what a budget says; its notifications stay."""
        wanted = dict(self._get_param("NewBudget"))
        budget = self.backend.budget(self._get_param("AccountId"), wanted["BudgetName"])
        budget.budget = {"TimePeriod": budget.budget["TimePeriod"], **wanted, "LastUpdatedTime": unix_time()}
        return EmptyResult()

    def create_notification(self) -> str:
        """Add a notification. Raises DuplicateRecordException where the budget has it."""
        budget = self.backend.budget(self._get_param("AccountId"), self._get_param("BudgetName"))
        if any(_same(each.details, self._get_param("Notification")) for each in budget.notifications):
            raise DuplicateRecordException("notification", self._get_param("BudgetName"))
        return super().create_notification()

    def update_notification(self) -> ActionResult:
        """Change a notification in place."""
        self._notification("OldNotification").details = dict(self._get_param("NewNotification"))
        return EmptyResult()

    def describe_subscribers_for_notification(self) -> ActionResult:
        """List whom a notification is sent to."""
        return ActionResult({"Subscribers": _subscribers(self._notification())})

    def create_subscriber(self) -> ActionResult:
        """Add somebody to a notification."""
        subscribers, wanted = _subscribers(self._notification()), self._get_param("Subscriber")
        if wanted in subscribers:
            raise DuplicateRecordException("subscriber", wanted["Address"])
        subscribers.append(wanted)
        return EmptyResult()

    def delete_subscriber(self) -> ActionResult:
        """Take somebody off a notification."""
        subscribers, unwanted = _subscribers(self._notification()), self._get_param("Subscriber")
        if unwanted not in subscribers:
            raise NotFoundException(f"Unable to delete subscriber: {unwanted['Address']} is not subscribed.")
        subscribers.remove(unwanted)
        return EmptyResult()

    def update_subscriber(self) -> ActionResult:
        """Replace somebody at a notification."""
        subscribers, old = _subscribers(self._notification()), self._get_param("OldSubscriber")
        if old not in subscribers:
            raise NotFoundException(f"Unable to update subscriber: {old['Address']} is not subscribed.")
        subscribers[subscribers.index(old)] = self._get_param("NewSubscriber")
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """List a budget's tags."""
        tags = self.backend.tags_of(self._get_param("ResourceARN"))
        return ActionResult({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})

    def tag_resource(self) -> ActionResult:
        """Add or change tags."""
        wanted = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags")}
        self.backend.tags_of(self._get_param("ResourceARN")).update(wanted)
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        """Remove tags; those that are not there are passed over, as by AWS."""
        tags = self.backend.tags_of(self._get_param("ResourceARN"))
        for key in self._get_param("ResourceTagKeys"):
            tags.pop(key, None)
        return EmptyResult()

    def _notification(self, parameter: str = "Notification") -> Notification:
        account, name = self._get_param("AccountId"), self._get_param("BudgetName")
        return self.backend.notification(account, name, self._get_param(parameter))


def _subscribers(notification: Notification) -> list[dict[str, str]]:
    # The stock annotation says one mapping; the API, and what is kept, is a list of them.
    return cast("list[dict[str, str]]", notification.subscribers)


def _same(one: _Details, other: _Details) -> bool:
    def identity(details: _Details) -> tuple[object, ...]:
        return (*(details.get(key) for key in _IDENTITY), details.get("ThresholdType") or "PERCENTAGE")

    return identity(one) == identity(other)


def _arn(account_id: str, name: str) -> str:
    return f"arn:aws:budgets::{account_id}:budget/{name}"


def install() -> None:
    """Put the extended service in the stock one's place."""
    replace_backend(budgets_backends, RehearsalBudgets)
    moto.budgets.urls.url_paths["{0}/$"] = RehearsalBudgetsApi.dispatch
