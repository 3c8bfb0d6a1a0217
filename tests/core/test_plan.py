"""A plan as data: read from real documents of Terraform's, approved by a digest, kept and read back."""

import copy
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Action
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan, check_digest, read_plan
from autocorp_wizard.core.risk import COSTS_MORE, DATA_LOSS, REPLACEMENT, STOPPING, WIDENS_ACCESS

FIXTURES = Path(__file__).parents[1] / "fixtures" / "terraform"


def document(name: str) -> dict[str, object]:
    return json.loads((FIXTURES / f"{name}.show.json").read_text())


def plan(name: str | dict[str, object], **inputs: object) -> Plan:
    given = {"environment": "dev", "stage": "foundation", "phase": Phase.FOUNDATION, "snapshot_hash": "abc", **inputs}
    return read_plan(document(name) if isinstance(name, str) else name, **given)


def change(of: Plan, address: str):
    return next(item for item in of.changes if item.address == address)


def test_every_kind_of_change_is_counted_as_terraform_counts_it():
    changed = plan("change")
    assert changed.counts == {"create": 2, "update": 1, "replace": 2, "delete": 1, "import": 1}
    assert changed.expected_summary == (4, 1, 3, 1)
    assert changed.headline == "2 to create, 1 to update, 2 to replace, 1 to delete, 1 to import."
    assert {item.address.removeprefix("terraform_data."): item.action for item in changed.changes} == {
        "counted[0]": Action.CREATE,
        "counted[1]": Action.CREATE,
        "gone": Action.DELETE,
        "in_place": Action.UPDATE,
        "let_go": Action.FORGET,
        "moved_here": Action.NOOP,
        "replaced": Action.REPLACE,
        "replaced_gently": Action.REPLACE,
        "taken_over": Action.IMPORT,
    }


def test_each_change_says_in_a_sentence_what_happens_and_why():
    changed = plan("change")
    assert change(changed, "terraform_data.replaced").sentence == (
        "Replaces the value kept by Terraform replaced. "
        "It is replaced because triggers_replace changes, which cannot be done in place."
    )
    assert change(changed, "terraform_data.gone").sentence.endswith(
        "It is deleted because the tree does not hold it any more."
    )
    assert "was called terraform_data.moved_away until now" in change(changed, "terraform_data.moved_here").sentence
    assert "stays in the account" in change(changed, "terraform_data.let_go").sentence
    assert "as an-id-that-exists" in change(changed, "terraform_data.taken_over").sentence
    assert "tainted" in change(plan("tainted"), "terraform_data.fails").sentence


def test_a_plan_that_changes_nothing_is_not_due():
    nothing = plan("nothing")
    assert (nothing.changed, nothing.changes, nothing.outputs_changed) == (False, (), ())
    assert nothing.headline == "Nothing to change."


def test_a_plan_of_outputs_alone_is_due_although_all_counts_are_zero():
    outputs = plan("outputs-only")
    assert outputs.changed
    assert outputs.outputs_changed == ("n",)
    assert set(outputs.counts.values()) == {0}
    assert outputs.headline == "No resource changes; the outputs are brought up to date."


def test_no_sensitive_value_is_in_it_not_even_where_terraform_forgot_to_mark_it():
    for name in ("create", "change", "destroy"):
        assert "hunter2" in (FIXTURES / f"{name}.show.json").read_text()  # the control: it is there to be found
        assert "hunter2" not in json.dumps(plan(name).as_document())
        assert "hunter2" not in repr([(item.before, item.after) for item in plan(name).changes])


def test_the_document_is_read_back_as_the_same_plan():
    for name in ("create", "change", "destroy", "foundation-change", "outputs-only"):
        one = plan(name)
        assert Plan.from_document(json.loads(json.dumps(one.as_document()))) == one


def test_a_document_that_is_damaged_or_of_another_kind_is_refused_with_a_sentence():
    whole = plan("change").as_document()
    for damaged in ({}, {**whole, "schema": "x/2"}, {**whole, "changes": 3}, {**whole, "counts": {"create": "x"}}):
        with pytest.raises(WizardError) as refused:
            Plan.from_document(damaged)
        assert refused.value.code == "PLAN-UNREADABLE"


def test_a_plan_that_failed_and_a_plan_of_another_format_are_refused():
    for broken, code in (({"errored": True}, "PLAN-ERRORED"), ({"format_version": "2.0"}, "PLAN-FORMAT-UNKNOWN")):
        with pytest.raises(WizardError) as refused:
            plan({**document("change"), **broken})
        assert refused.value.code == code


def shuffled(value: object, seed: int) -> object:
    """The same document with its objects' keys, and its resources, in another order."""
    dice = random.Random(seed)
    if isinstance(value, dict):
        items = [(key, shuffled(inner, seed)) for key, inner in value.items()]
        dice.shuffle(items)
        return dict(items)
    return [shuffled(inner, seed) for inner in value] if isinstance(value, list) else value


@given(st.integers())
def test_the_digest_does_not_depend_on_the_order_of_the_document_or_on_when_it_was_made(seed: int):
    other = shuffled(document("change"), seed)
    assert isinstance(other, dict)
    random.Random(seed).shuffle(other["resource_changes"])
    other["timestamp"] = f"2027-01-01T00:00:{seed % 60:02d}Z"
    assert plan(other).digest == plan("change").digest


def leaves(value: object, path: tuple[object, ...] = ()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path


@given(st.data())
def test_the_digest_changes_when_any_attribute_of_any_change_does(data: st.DataObject):
    whole = document("change")
    live = [entry for entry in whole["resource_changes"] if entry["change"]["actions"] != ["no-op"]]
    entry = data.draw(st.sampled_from(live))
    path = data.draw(st.sampled_from([p for p in leaves(entry["change"]) if p[0] in ("before", "after")]))
    other = copy.deepcopy(whole)
    place = next(item for item in other["resource_changes"] if item["address"] == entry["address"])["change"]
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = "something else"
    assert plan(other).digest != plan(whole).digest


def test_the_digest_changes_with_the_environment_the_stage_the_tree_and_the_inputs_but_not_with_a_secret():
    digests = {
        plan("change").digest,
        plan("change", environment="prod").digest,
        plan("change", stage="dms").digest,
        plan("change", snapshot_hash="abd").digest,
        plan("change", variables={"n": 3}).digest,
        plan("change", variables={"other": None}).digest,
        plan("outputs-only").digest,
    }
    assert len(digests) == 7
    assert plan("change", variables={"secret": "x"}).digest == plan("change").digest


def test_an_approval_is_the_whole_digest_or_its_beginning_and_nothing_shorter():
    changed = plan("change")
    assert len(changed.short_digest) == 12
    for text in (changed.digest, changed.short_digest, changed.digest[:20], changed.short_digest.upper() + "\n"):
        assert changed.is_approved_by(text)
        assert changed.digest.startswith(check_digest(text))
    for text in ("", changed.digest[:11], "0" * 12, changed.digest + "0"):
        assert not changed.is_approved_by(text)
    for text in ("", "xyz", "g" * 12, "0" * 65):
        with pytest.raises(UsageError):
            check_digest(text)


def test_the_first_create_of_the_foundation_is_not_drowned_in_risks():
    created = plan("foundation-create")
    assert created.counts["create"] == len(created.changes) == 48
    assert {item.phase for item in created.changes} == {Phase.FOUNDATION}
    assert [risk.kind for risk in created.risks] == [COSTS_MORE] * 3
    for item in created.changes:
        assert item.sentence.endswith(".")
        assert "{" not in item.sentence


def test_each_change_of_the_foundation_can_be_looked_up_by_its_name():
    created = plan("foundation-create")
    assert change(created, "module.s3.aws_s3_bucket.lake").identity["bucket"] == "autocorp-datalake-dev-123456789012"
    assert change(created, "module.iam.aws_iam_role.dms").identity["name"] == "autocorp-dev-dms-s3-writer"
    assert change(created, "module.kms.aws_kms_key.lake").identity["tags.Name"] == "autocorp-dev-key"


def test_a_setting_is_told_with_the_name_of_the_bucket_that_is_not_made_yet():
    created = plan("foundation-create")
    setting = change(created, "module.s3.aws_s3_bucket_public_access_block.lake")
    assert "bucket" not in setting.identity
    assert setting.sentence == "Blocks public access to bucket autocorp-datalake-dev-123456789012."


def test_a_risky_change_of_the_foundation_is_told_in_an_operators_words():
    risks = plan("foundation-change").risks
    assert {risk.kind for risk in risks} == {DATA_LOSS, REPLACEMENT, WIDENS_ACCESS}
    sentences = "\n".join(risk.sentence for risk in risks)
    for part in (
        "switched off: overwritten and deleted objects cannot be brought back",
        "earlier versions below raw/ expire after 3 days (after 7 days until now)",
        "The network (VPC) autocorp-dev-vpc is replaced because cidr_block changes",
        "autocorp-dev-datasync allows s3:* on arn:aws:s3:::autocorp-datalake-dev-123456789012/raw/csv/*",
        "block public policy is off",
        "opens port 5432 to 0.0.0.0/0",
    ):
        assert part in sentences


def test_a_destroy_names_what_is_lost_and_nothing_that_goes_with_it():
    destroyed = plan("foundation-destroy")
    assert destroyed.counts["delete"] == 48
    assert {risk.kind for risk in destroyed.risks} == {DATA_LOSS} <= STOPPING
    assert {risk.address.partition(".aws_")[2] for risk in destroyed.risks} == {
        "s3_bucket.lake",
        "s3_bucket.access_logs",
        "kms_key.lake",
        "secretsmanager_secret.postgres",
    }


def test_changes_are_grouped_by_phase_module_and_what_they_do():
    ((phase, modules),) = plan("foundation-change").grouped()
    assert phase is Phase.FOUNDATION
    assert [name for name, _ in modules] == ["iam", "network", "s3"]
    actions = [item.action for item in dict(modules)["network"]]
    assert actions == sorted(actions, key=["delete", "replace", "update", "create"].index)
    assert sum(len(group) for _, group in modules) == len(plan("foundation-change").changes)


def test_what_an_interrupted_replacement_left_is_one_change_with_what_lives_at_its_address():
    whole = document("change")
    live = next(entry for entry in whole["resource_changes"] if entry["address"] == "terraform_data.in_place")
    old = {**live, "deposed": "abcd1234", "change": {"actions": ["delete"], "before": {"id": "old"}, "after": None}}
    both = plan({**whole, "resource_changes": [*whole["resource_changes"], old]})
    assert len(both.changes) == len(plan("change").changes)
    assert both.counts["delete"] == plan("change").counts["delete"] + 1
    assert "leaves 1 older object to delete" in change(both, "terraform_data.in_place").sentence
    assert both.digest != plan("change").digest
    alone = plan({**whole, "resource_changes": [old]})
    assert [item.action for item in alone.changes] == [Action.DELETE]
    assert alone.counts["delete"] == 1
    assert "what an interrupted replacement left behind" in alone.changes[0].sentence
