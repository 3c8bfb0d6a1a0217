"""What DMS is told to deliver and what the Glue module runs, held against the contracts: both files are read."""

import json
from pathlib import Path
from typing import Any

import hcl2

from glue_scripts.lake.changes import COMMITTED, SEQUENCE
from glue_scripts.lake.contracts import CONTRACTS, DATABASE_TABLES, Origin
from glue_scripts.lake.layout import Zones
from glue_scripts.lake.ledger import File

MODULES = Path(__file__).parents[2] / "terraform" / "modules"
TABLES = {contract.name for contract in DATABASE_TABLES}


def plain(value: Any) -> Any:
    """Give strings without the quotes that some editions of the reader leave on."""
    if isinstance(value, dict):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.strip('"') if isinstance(value, str) else value


def module(name: str, file: str) -> dict[str, Any]:
    with (MODULES / name / file).open() as text:
        return plain(hcl2.load(text))


def default(name: str, variable: str) -> Any:
    (found,) = (each[variable] for each in module(name, "variables.tf")["variable"] if variable in each)
    return found["default"]


def rules(kind: str) -> list[dict[str, Any]]:
    mappings = json.loads((MODULES / "dms" / "table_mappings.json").read_text())
    return [rule for rule in mappings["rules"] if rule["rule-type"] == kind]


def target() -> dict[str, Any]:
    resources = module("dms", "main.tf")["resource"]
    (endpoint,) = (each["aws_dms_s3_endpoint"] for each in resources if "aws_dms_s3_endpoint" in each)
    return endpoint["target"]


def test_every_table_is_replicated_into_the_folder_that_its_job_reads():
    places = {
        (rule["object-locator"]["schema-name"], rule["object-locator"]["table-name"]) for rule in rules("selection")
    }
    zones = Zones("raw", "curated", "quarantine")
    assert places == {(zones.schema, table) for table in TABLES}
    folder = target()["bucket_folder"]
    assert {zones.incoming(contract) for contract in DATABASE_TABLES} == {f"{folder}/{zones.schema}"}


def test_the_change_sequence_is_added_to_every_table_and_fits():
    added = [rule for rule in rules("transformation") if rule["rule-action"] == "add-column"]
    assert {rule["object-locator"]["table-name"] for rule in added} == TABLES
    assert {(rule["value"], rule["expression"]) for rule in added} == {(SEQUENCE, f"${SEQUENCE}")}
    assert all(rule["data-type"]["type"] == "string" and rule["data-type"]["length"] >= 35 for rule in added)


def test_files_are_written_as_the_jobs_read_them():
    endpoint = target()
    assert endpoint["timestamp_column_name"] == COMMITTED
    assert endpoint["data_format"] == "parquet"
    assert endpoint["include_op_for_full_load"] is True
    assert endpoint["use_task_start_time_for_full_load_timestamp"] is True
    assert endpoint["date_partition_enabled"] is True
    assert (endpoint["date_partition_sequence"], endpoint["date_partition_delimiter"]) == ("yyyymmdd", "SLASH")
    assert File("service/2026/11/20/20261120-080000000.parquet", 1, 1).day == "2026/11/20"
    assert not {"cdc_inserts_only", "cdc_inserts_and_updates", "cdc_path"} & {key for key, on in endpoint.items() if on}


def test_the_task_neither_loses_changes_nor_empties_folders():
    settings = json.loads((MODULES / "dms" / "task_settings.json").read_text())
    assert settings["TargetMetadata"]["BatchApplyEnabled"] is False
    ddl = settings["ChangeProcessingDdlHandlingPolicy"]
    assert (ddl["HandleSourceTableDropped"], ddl["HandleSourceTableTruncated"]) == (False, False)
    assert settings["TargetMetadata"]["LobMaxSize"] == default("dms", "lob_max_size_kb")


def test_the_glue_module_runs_a_job_for_every_contract():
    exports = {contract.name for contract in CONTRACTS.values() if contract.origin is Origin.EXPORT}
    assert set(default("glue", "tables")) == TABLES
    assert {f"csv_{name}" for name in default("glue", "csv_exports")} == exports
    for name, folder in default("glue", "csv_exports").items():
        assert folder in CONTRACTS[f"csv_{name}"].folders


def test_the_jobs_are_told_how_long_a_text_dms_carries():
    assert default("glue", "lob_max_size_kb") == default("dms", "lob_max_size_kb")
    with (MODULES.parent / "main.tf").open() as text:
        modules = plain(hcl2.load(text))["module"]
    told = {name: each[name]["lob_max_size_kb"] for each in modules for name in ("dms", "glue") if name in each}
    assert told == dict.fromkeys(("dms", "glue"), "${var.dms_lob_max_size_kb}")
