"""A plan as rows: risks first, grouped, searched, opened."""

from autocorp_wizard.core.plan_query import Query
from autocorp_wizard.tui.plan_rows import PlanTreeModel, Row
from tests.tui.handmade import RESOURCES, sample_plan


def text(row: Row) -> str:
    return "".join(part for part, _ in row.parts)


def texts(model: PlanTreeModel) -> list[str]:
    return [text(row) for row in model.rows()]


def test_risks_stand_before_everything_else() -> None:
    rows = texts(PlanTreeModel(sample_plan(loses=True)))
    assert rows[0] == "! 1 risk"
    assert "The data lake is deleted with everything in it." in rows[1]
    assert rows[2].startswith("Phase 1 foundation")


def test_every_change_is_shown_exactly_once() -> None:
    rows = PlanTreeModel(sample_plan()).rows()
    addresses = [row.address for row in rows if row.address]
    assert sorted(addresses) == sorted(address for address, *_ in RESOURCES)


def test_an_opened_change_tells_why_it_is_replaced_and_what_forces_it() -> None:
    model = PlanTreeModel(sample_plan(loses=True))
    model.toggle(f"change:{RESOURCES[0][0]}")
    rows = texts(model)
    assert "Replaced because bucket cannot be changed in place." in rows
    assert any("old-name" in row and "new-name" in row and "forces replacement" in row for row in rows)


def test_a_search_leaves_what_holds_the_text_and_opens_the_way_to_it() -> None:
    model = PlanTreeModel(sample_plan(changes=500))
    model.query = Query.parse("the key")
    assert [change.address for change in model.found()] == ["module.kms.aws_kms_key.this"]
    assert any("the key that encrypts the lake" in row for row in texts(model))


def test_a_search_without_hits_says_so() -> None:
    model = PlanTreeModel(sample_plan())
    model.query = Query.parse("no such thing")
    assert texts(model) == ["Nothing matches."]


def test_a_long_plan_begins_with_its_modules_closed() -> None:
    assert len(PlanTreeModel(sample_plan(changes=5000)).rows()) < 20


def test_opening_and_closing_all_is_its_own_inverse() -> None:
    model = PlanTreeModel(sample_plan())
    before = texts(model)
    model.toggle_all()
    assert len(texts(model)) < len(before)
    model.toggle_all()
    assert texts(model) == before
