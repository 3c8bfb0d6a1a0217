"""What a recovery found waits for the plan of its own phase; a plan of another neither imports nor forgets it."""

from pathlib import Path

from autocorp_wizard.core.imports import Import
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.rollout import pending_imports
from tests.rollout.staging import BUCKET, context, state_of

INSTANCE = Import("module.dms[0].aws_dms_replication_instance.this", "autocorp-dev-replication")
ALARM = Import("module.monitoring.aws_cloudwatch_metric_alarm.dms_lag", "lag")
TOPIC = Import("module.monitoring.aws_sns_topic.alarms", "arn:topic")
FIRST = (Phase.FOUNDATION,)
ALL = (Phase.FOUNDATION, Phase.DMS)


def test_an_import_waits_for_its_phase(tmp_path: Path) -> None:
    ctx, _, _ = context(tmp_path)
    ctx.folder.mkdir(parents=True)
    pending_imports.remember(ctx, [INSTANCE, ALARM, TOPIC])
    (text,) = pending_imports.files_for(ctx, None, FIRST).values()
    assert TOPIC.address in text
    assert "dms" not in text
    pending_imports.forget(ctx, FIRST)
    assert set(pending_imports.pending(ctx)) == {INSTANCE, ALARM}
    (text,) = pending_imports.files_for(ctx, None, ALL).values()
    assert INSTANCE.address in text
    pending_imports.forget(ctx, ALL)
    assert pending_imports.pending(ctx) == ()


def test_what_the_state_holds_is_not_imported(tmp_path: Path) -> None:
    ctx, _, _ = context(tmp_path)
    ctx.folder.mkdir(parents=True)
    pending_imports.remember(ctx, [Import(BUCKET, "lake")])
    assert pending_imports.files_for(ctx, state_of(BUCKET), FIRST) == {}
