"""Where an export lands is told in three places: DataSync writes it, the crawler looks there, and the job reads it."""

import re

import pytest

from autocorp_wizard.core.datasync_rules import EXPORTS
from glue_scripts.lake.contracts import CONTRACTS, Origin
from glue_scripts.lake.layout import Zones
from tests.terraform.conftest import Settled
from tests.terraform.workbench import TREE

READ = {name: contract for name, contract in CONTRACTS.items() if contract.origin is Origin.EXPORT}


def _crawled(settled: Settled) -> set[str]:
    targets = settled.plan.after("module.glue[0].aws_glue_crawler.raw_csv")["s3_target"]
    assert isinstance(targets, list)
    found = [re.fullmatch(r"s3://[^/]+/raw/csv/([^/]+)/", str(target["path"])) for target in targets]
    return {match[1] for match in found if match is not None}


def test_each_export_lands_in_a_folder_that_exactly_one_job_reads() -> None:
    read_by = {export: [name for name, contract in READ.items() if export in contract.folders] for export in EXPORTS}
    assert all(len(names) == 1 for names in read_by.values()), read_by
    assert {names[0] for names in read_by.values()} == set(READ), "no job waits for what never comes"
    assert {Zones("raw", "curated", "quarantine").incoming(contract) for contract in READ.values()} == {"raw/csv"}


def test_the_tree_delivers_the_exports_that_the_wizard_asks_for() -> None:
    text = (TREE / "modules/datasync/main.tf").read_text(encoding="utf-8")
    block = re.search(r"^  files = \{\n(.*?)^  \}", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    assert dict(re.findall(r'(\w+) *= "([^"]+)"', block[1])) == EXPORTS


@pytest.mark.slow
def test_datasync_writes_where_the_crawler_looks(settled: Settled) -> None:
    delivered = {
        str(entry["index"]): settled.plan.after(address)["subdirectory"]
        for address, entry in settled.plan.changes().items()
        if entry["type"] == "aws_datasync_location_s3"
    }
    assert delivered
    assert delivered == {export: f"/raw/csv/{export}/" for export in delivered}
    assert _crawled(settled) == set(EXPORTS)


@pytest.mark.slow
def test_the_tree_makes_the_jobs_that_read_them(settled: Settled) -> None:
    made = {
        str(entry["index"])
        for entry in settled.plan.changes().values()
        if entry["type"] == "aws_glue_job" and "index" in entry
    }
    assert {name for name in made if name.startswith("csv_")} == set(READ)
