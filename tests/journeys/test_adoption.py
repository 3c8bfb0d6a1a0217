"""A bucket and a role that somebody made by hand are taken over by a reviewed plan, not made again and not lost."""

import json
from collections.abc import Callable

import pytest

from tests.journeys.wizard import Wizard

pytestmark = [pytest.mark.slow, pytest.mark.full]

LAKE = "module.s3.aws_s3_bucket.lake"
ROLE = "module.iam.aws_iam_role.glue"


def test_what_exists_is_adopted_by_a_plan_that_was_reviewed(new_wizard: Callable[[str], Wizard]) -> None:
    wizard = new_wizard("adoption")
    assert wizard.run("bootstrap", "--env", "rehearsal", "--yes").code == 0
    wizard.client("s3").create_bucket(Bucket="the-lake-of-old")
    wizard.client("s3").put_object(Bucket="the-lake-of-old", Key="raw/kept.txt", Body=b"kept")
    trust = {"Version": "2012-10-17", "Statement": []}
    wizard.client("iam").create_role(
        RoleName="autocorp-rehearsal-glue-job", AssumeRolePolicyDocument=json.dumps(trust), Description="by hand"
    )
    named = wizard.run("env", "edit", "rehearsal", "--set", "data_lake_bucket_name=the-lake-of-old", "--json")
    assert named.code == 0, named.err

    plain = wizard.run("plan", "foundation", "--env", "rehearsal", "--json").document
    assert [c["address"] for c in plain["changes"] if c["imports"]] == [], "nobody asked for it"

    plan = wizard.run("plan", "foundation", "--env", "rehearsal", "--adopt", "--json").document
    assert {c["address"] for c in plan["changes"] if c["imports"]} == {LAKE, ROLE}
    lost = [risk["sentence"] for risk in plan["risks"] if risk["kind"] == "data-loss"]
    assert any("the-lake-of-old may from now on be deleted" in sentence for sentence in lost)
    approved = ("apply", "foundation", "--env", "rehearsal", "--approve", plan["digest"], "--json")
    refused = wizard.run(*approved)
    assert refused.code == 2, "dev's settings let old versions expire and a destroy empty the bucket: say the name"
    assert "--confirm rehearsal" in refused.out
    applied = wizard.run(*approved, "--confirm", "rehearsal")
    assert applied.code == 0, applied.out[-3000:] + applied.err
    kept = wizard.client("s3").get_object(Bucket="the-lake-of-old", Key="raw/kept.txt")["Body"].read()
    assert kept == b"kept"
    again = wizard.run("plan", "foundation", "--env", "rehearsal", "--json").document
    assert again["changes"] == [], again["changes"]
