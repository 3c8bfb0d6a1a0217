"""The contracts, held against the page that says what the source has (and against the jobs that exist)."""

from pathlib import Path

import pytest

from glue_scripts.lake.contracts import CONTRACTS, DATABASE_TABLES, Contract, KeyRule, contract_of
from glue_scripts.lake.refusals import BatchRefusedError

JOBS = Path(__file__).parents[2] / "glue_scripts" / "jobs"


def test_the_seven_tables_have_the_keys_of_the_source():
    assert {contract.name: contract.key for contract in DATABASE_TABLES} == {
        "auto_parts": "sku",
        "customers": "customer_id",
        "service": "serviceid",
        "service_parts": "service_part_id",
        "sales_order": "order_id",
        "sales_order_parts": "line_item_id",
        "sales_order_services": "line_item_id",
    }


def test_the_names_of_the_assessment_are_recognisable():
    jobs = {contract.job for contract in CONTRACTS.values()}
    assert {"sales_order_hudi_etl", "auto_parts_hudi_etl", "customers_hudi_etl", "service_hudi_etl"} <= jobs


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))
def test_a_contract_is_whole(contract: Contract):
    names = [name for name, _ in contract.curated]
    assert len(set(names)) == len(names)
    assert contract.key in names
    assert not contract.owner or contract.owner in names
    assert (contract.key_rule is KeyRule.LINE) == bool(contract.owner)
    if contract.key_rule is KeyRule.COLUMN:
        assert next(column for column in contract.columns if column.name == contract.key).required


@pytest.mark.parametrize("name", [*CONTRACTS, "refresh_all"])
def test_every_table_has_its_thin_script(name: str):
    script = (JOBS / f"{name}.py").read_text()
    assert len(script.splitlines()) <= 30
    assert f'run_job("{name}", sys.argv[1:])' in script or (name == "refresh_all" and "run_all(sys.argv[1:])" in script)


def test_there_is_no_script_without_a_table():
    assert {path.stem for path in JOBS.glob("*.py")} - {"__init__", "evaluate_quality"} == {*CONTRACTS, "refresh_all"}


def test_a_table_that_nobody_knows_is_refused_with_those_that_exist():
    with pytest.raises(BatchRefusedError, match="sales_order_parts"):
        contract_of("sales")
