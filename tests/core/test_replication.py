"""How a replication task is judged by what DMS tells about it."""

from dataclasses import replace

from autocorp_wizard.core.phases import Phase, stage_variables
from autocorp_wizard.core.replication import Replication, TableReport, TaskReport, trouble
from autocorp_wizard.core.slots import Slot, sentence

OUTPUTS = {
    "data_lake_bucket_id": "lake",
    "dms_replication_instance_arn": "arn:aws:dms:us-east-1:1:rep:A",
    "dms_replication_started": True,
    "dms_replication_task_arn": "arn:aws:dms:us-east-1:1:task:autocorp-dev-cdc",
    "dms_replication_task_id": "autocorp-dev-cdc",
    "dms_source_endpoint_arn": "arn:aws:dms:us-east-1:1:endpoint:S",
    "dms_tables": ["public.customers", "public.service"],
    "dms_target_endpoint_arn": "arn:aws:dms:us-east-1:1:endpoint:T",
}
TABLES = ("public.customers", "public.service")


def _entry(table: str, state: str, rows: int = 7) -> dict[str, object]:
    return {"SchemaName": "public", "TableName": table, "TableState": state, "FullLoadRows": rows}


def _report(status: str, *entries: dict[str, object], failure: str = "") -> TaskReport:
    return TaskReport.of({"Status": status, "LastFailureMessage": failure}, entries)


def test_outputs_without_the_phase_are_no_replication() -> None:
    assert Replication.of(None) is None
    assert Replication.of({"dms_replication_task_arn": None}) is None
    found = Replication.of(OUTPUTS)
    assert found is not None
    assert (found.started, found.tables, found.bucket) == (True, TABLES, "lake")


def test_a_task_that_goes_its_way_is_no_trouble() -> None:
    assert trouble(_report("starting"), TABLES) is None
    assert (
        trouble(_report("running", _entry("customers", "Full load"), _entry("service", "Before load")), TABLES) is None
    )


def test_a_failed_task_is_told_by_its_cause() -> None:
    error = trouble(_report("failed", failure="Last Error wal_level"), TABLES)
    assert error is not None
    assert error.code == "DMS-WAL-LEVEL"
    assert "Last Error wal_level" in error.why


def test_a_task_that_rests_is_not_waited_for() -> None:
    error = trouble(_report("stopped"), TABLES)
    assert error is not None
    assert error.code == "DMS-NOT-RUNNING"


def test_a_table_that_cannot_be_loaded_is_named_with_the_command_that_repeats_it() -> None:
    error = trouble(_report("running", _entry("customers", "Table error", 0)), TABLES)
    assert error is not None
    assert error.code == "DMS-TABLE-FAILED"
    assert "public.customers (table error)" in error.what
    assert error.next_step.endswith("dms reload customers")


def test_a_table_that_nobody_expects_is_nobodys_trouble() -> None:
    assert trouble(_report("running", _entry("other", "Table error")), TABLES) is None


def test_a_table_counts_as_loaded_anew_only_when_its_load_ended_anew() -> None:
    old = TableReport.of(_entry("customers", "Table completed") | {"FullLoadEndTime": "10:00"})
    earlier = TaskReport("running", "", "", 100, (old,))
    assert old.is_complete_since(None)
    assert not old.is_complete_since(earlier)
    assert replace(old, loaded_at="11:00").is_complete_since(earlier)
    assert not replace(old, loaded_at="11:00", state="Full load").is_complete_since(earlier)


def test_replication_starts_with_its_stage_and_stays_started_while_the_phase_is_there() -> None:
    both = {Phase.FOUNDATION, Phase.DMS}
    assert stage_variables("dms", both, started=False) == {"dms_start_replication": False}
    assert stage_variables("dms-start", both, started=False) == {"dms_start_replication": True}
    assert stage_variables("foundation", both, started=True) == {"dms_start_replication": True}
    assert stage_variables("foundation", {Phase.FOUNDATION}, started=True) == {"dms_start_replication": False}


def test_a_slot_is_told_with_what_it_holds_back() -> None:
    slot = Slot("abcdefghijklmnop_00016384_0a1b", "test_decoding", False, "0/1", 2_500_000)
    assert slot.by_dms
    assert "holds back 2.5 MB" in sentence(slot)
    assert slot.drop == "SELECT pg_drop_replication_slot('abcdefghijklmnop_00016384_0a1b');"
    assert not replace(slot, name="debezium").by_dms
    assert "unknown" in sentence(replace(slot, retained_bytes=None))
