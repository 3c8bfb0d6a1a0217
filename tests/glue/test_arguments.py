"""What a run is told."""

from datetime import date

import pytest

from glue_scripts.lake.arguments import parse
from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.lake.refusals import BatchRefusedError

BUCKET = ["--lake_bucket", "lake"]


def test_the_bucket_is_enough():
    settings = parse(BUCKET)
    zones = settings.zones
    assert (zones.raw, zones.curated, zones.quarantine) == (
        "s3://lake/raw",
        "s3://lake/curated",
        "s3://lake/quarantine",
    )
    assert zones.incoming(CONTRACTS["service"]) == "s3://lake/raw/database/public"
    assert zones.incoming(CONTRACTS["csv_customers"]) == "s3://lake/raw/csv"
    assert zones.table(CONTRACTS["service"], "hudi") == "s3://lake/curated/hudi/service"
    assert (settings.sink, settings.snapshot, settings.window, settings.database) == ("hudi", False, None, "")


def test_roots_may_lie_apart_and_names_are_read_in_any_spelling():
    settings = parse(
        ["--RAW-ROOT", "/r/", "--Curated_Root=/c", "--quarantine_root", "/q", "--window", "2021-06-07..2024-12-31"]
    )
    assert (settings.zones.raw, settings.zones.curated, settings.zones.quarantine) == ("/r", "/c", "/q")
    assert settings.window == (date(2021, 6, 7), date(2024, 12, 31))


def test_what_glue_adds_for_itself_is_named_and_left_alone():
    words = [
        "--JOB_NAME",
        "x",
        "--TempDir",
        "s3://lake/tmp/",
        "--enable-metrics",
        *BUCKET,
        "--snapshot",
        "--curated_database",
        "d",
    ]
    settings = parse(words)
    assert settings.ignored == ("--JOB_NAME", "--TempDir", "--enable-metrics")
    assert (settings.snapshot, settings.database) == (True, "d")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "ARGUMENT-MISSING"),
        (["--raw_root", "/r"], "ARGUMENT-MISSING"),
        ([*BUCKET, *BUCKET], "ARGUMENT-TWICE"),
        (["--lake_bucket"], "ARGUMENT-INVALID"),
        ([*BUCKET, "--sink", "delta"], "ARGUMENT-INVALID"),
        ([*BUCKET, "--window", "2024-12-31..2021-06-07"], "ARGUMENT-INVALID"),
        ([*BUCKET, "--window", "2024-12-31"], "ARGUMENT-INVALID"),
        ([*BUCKET, "--breaker", "1.5"], "ARGUMENT-INVALID"),
        ([*BUCKET, "--breaker", "nan"], "ARGUMENT-INVALID"),
        ([*BUCKET, "--lob_max_size_kb", "32.5"], "ARGUMENT-INVALID"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: list[str], code: str):
    with pytest.raises(BatchRefusedError) as refused:
        parse(words)
    assert refused.value.code == code
