"""Two operators with a home each see the same evidence, by way of the state bucket of a real rehearsal cloud."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.evidence_store import EvidenceStore
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.checklist import Kind
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal.address import CloudAddress
from autocorp_wizard.rollout.evidence_sharing import Exchanged, exchange
from autocorp_wizard.rollout.state_store import StateStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def store_of(cloud: CloudAddress, name: str, *, bucket: bool = True) -> StateStore:
    environment = Environment(name, {"cloud": "rehearsal", "state_bucket": f"evidence-of-{name}"})
    access = CloudAccess(cloud.environment(), environment.region, cloud.account_id)
    if bucket:
        access.call("s3", "create_bucket", Bucket=environment.state_bucket)
    return StateStore(access, StatePlace.of(environment))


@pytest.mark.slow
def test_two_operators_see_the_same(cloud: CloudAddress, tmp_path: Path):
    shared = store_of(cloud, "shared")
    kim, lee = EvidenceStore(tmp_path / "kim"), EvidenceStore(tmp_path / "lee")
    (tmp_path / "shot.png").write_bytes(b"\x89PNG\xff")
    kept = kim.keep(tmp_path / "shot.png").file
    kim.add("agent-deploy", Kind.CLAIMED, "kim", NOW, text="done", file=kept)
    assert exchange(kim, shared) == Exchanged(sent=2, received=0)
    lee.add("agent-activate", Kind.PROVEN, "lee", NOW, text="ONLINE")
    assert exchange(lee, shared) == Exchanged(sent=1, received=2)
    assert exchange(kim, shared) == Exchanged(sent=0, received=1)
    assert kim.records() == lee.records()
    assert kim.names() == lee.names()
    assert lee.read_raw(f"files/{kept.sha256}") == b"\x89PNG\xff"
    assert exchange(kim, shared) == Exchanged()
    assert all(name.startswith("evidence/") for name in shared.shared())


@pytest.mark.slow
def test_without_a_bucket_nothing_is_shared_and_nothing_fails(cloud: CloudAddress, tmp_path: Path):
    evidence = EvidenceStore(tmp_path / "kim")
    evidence.add("agent-deploy", Kind.CLAIMED, "kim", NOW)
    assert exchange(evidence, store_of(cloud, "bucketless", bucket=False)) == Exchanged()


@pytest.mark.slow
def test_a_forged_record_in_the_bucket_is_refused(cloud: CloudAddress, tmp_path: Path):
    forged = store_of(cloud, "forged")
    forged.put_shared("evidence/records/20260301T120000-agent-deploy-0123456789abcdef.json", b"{}")
    evidence = EvidenceStore(tmp_path / "kim")
    with pytest.raises(WizardError) as caught:
        exchange(evidence, forged)
    assert caught.value.code == "EVIDENCE-CHANGED"
    assert evidence.records() == ()
