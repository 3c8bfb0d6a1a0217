"""No secret survives, in whatever form it travels; what is no secret stays readable."""

import base64
import html
import json
import time
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.redaction import MARK, Redactor

secrets = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=8, max_size=40).filter(
    lambda text: "*" not in text
)
FORMS = {
    "as it is": lambda secret: secret,
    "json": lambda secret: json.dumps(secret)[1:-1],
    "json, not ascii": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "json in json": lambda secret: json.dumps(json.dumps(secret))[1:-1],
    "url": lambda secret: urllib.parse.quote(secret, safe=""),
    "form": urllib.parse.quote_plus,
    "html": html.escape,
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "url base64": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
}


@given(secret=secrets, form=st.sampled_from(sorted(FORMS)), before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_known_secret_is_gone_in_every_form(secret: str, form: str, before: str, after: str):
    travelling = FORMS[form](secret)
    clean = Redactor([secret]).text(f"{before}{travelling}{after}")
    assert travelling not in clean or travelling in before + MARK + after


@given(secret=secrets, before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_a_secret_inside_something_encoded_cannot_be_decoded_any_more(secret: str, before: bytes, after: bytes):
    blob = base64.b64encode(before + secret.encode() + after).decode()
    assert Redactor([secret]).text(blob) != blob


def test_a_secret_of_three_letters_is_taken_out_as_a_word_and_leaves_other_words_alone():
    assert Redactor(["abc"]).text("pw abc, abcdef") == f"pw {MARK}, abcdef"


def test_each_line_of_a_secret_of_many_lines_is_a_secret():
    assert "MIIEvQIBADAN" not in Redactor(["BEGIN\nMIIEvQIBADAN\nEND"]).text("2: MIIEvQIBADAN")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("password=hunter2 host=db", "password=*** host=db"),
        ("PGPASSWORD: 'hunter 2'", "PGPASSWORD: ***"),
        ('{"password": "hun\\"ter2", "host": "db"}', '{"password": ***, "host": "db"}'),
        ('{\\"password\\":\\"hunter2\\"}', '{\\"password\\":***}'),
        ('password="hunter2 cut', "password=*** cut"),
        ("postgresql://ops:hunter2@db:5432/x", "postgresql://ops:***@db:5432/x"),
        ("postgres://ops:hun@ter2@db/x", "postgres://ops:***@db/x"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = ***"),
        ("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIA*** ***"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=ab", "Authorization: AWS4-HMAC-SHA256 ***"),
        ("X-Amz-Signature=0123456789abcdef0123&x=1", "X-Amz-Signature=***&x=1"),
        ("a -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- b", "a *** b"),
        ("-----BEGIN PRIVATE KEY-----\ncut off", "***"),
    ],
)
def test_the_shapes_of_secrets_that_nobody_told_us_are_known(text: str, clean: str):
    assert Redactor().text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "module.secrets.aws_secretsmanager_secret.postgres_password: Creation complete after 1s [id=arn:aws:x]",
        "module.secrets.aws_secretsmanager_secret.postgres_password: Creating...",
        "secret_string_wo_version goes from 1 to 2",
        "password = (sensitive value)",
        "postgres_password_secret_arn = arn:aws:secretsmanager:eu-central-1:123456789012:secret:autocorp-x",
        "https://console.aws.amazon.com/s3/buckets/lake?region=eu-central-1",
        "sha256 0a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3",
        "arn:aws:iam::123456789012:role/autocorp-dev-glue",
    ],
)
def test_what_is_no_secret_stays_readable(text: str):
    assert Redactor(["hunter2hunter2"]).text(text) == text


def test_an_event_is_cleaned_in_every_field_and_stays_the_same_kind():
    event = ev.RunFinished(
        outcome="failed",
        exit_code=3,
        counts={"add": 2},
        sentence="x hunter22 y",
        error={"why": "hunter22", "exit_code": 3},
    )
    clean = Redactor(["hunter22"]).event(event)
    assert clean == ev.RunFinished(
        outcome="failed", exit_code=3, counts={"add": 2}, sentence="x *** y", error={"why": "***", "exit_code": 3}
    )
    argv = ev.CommandStarted(argv=("psql", "postgres://a:hunter22@b"))
    assert Redactor(["hunter22"]).event(argv).argv == ("psql", "postgres://a:***@b")
    untouched = ev.LogWritten(text="nothing")
    assert Redactor(["hunter22"]).event(untouched) is untouched


def test_a_value_under_a_name_that_says_secret_is_taken_out_whole():
    assert Redactor().value({"db_password": "short", "list": [{"api_key": "x"}], "n": 1}) == {
        "db_password": MARK,
        "list": [{"api_key": MARK}],
        "n": 1,
    }


@pytest.mark.parametrize(
    "hostile",
    [
        "password" * 20_000,
        "password=" * 20_000,
        'password="' + "\\" * 100_000,
        "a://" * 40_000,
        "-----BEGIN PRIVATE KEY-----" * 5_000,
        "a" * 200_000 + "://" + "b" * 100_000,
        "AKIA" + "A" * 200_000,
        "authorization: bearer " * 10_000,
        "x:" * 100_000 + "@://:",
    ],
)
def test_no_text_makes_it_slow(hostile: str):
    # Far above what linear work needs, far below what quadratic work would: no measurement, only a way to end.
    started = time.process_time()
    Redactor(["some secret that is not in it"]).text(hostile)
    assert time.process_time() - started < 5
