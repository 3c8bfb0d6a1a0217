"""Versions are compared as numbers, within ranges that are ours."""

import pytest

from autocorp_wizard.core.versions import AWS_PROVIDER, TERRAFORM, parse_version, terraform_platform


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("1.11.4", (1, 11, 4)), ("v1.11", (1, 11, 0)), ("1.12.0-rc1", (1, 12, 0)), ("5.100.0+x", (5, 100, 0))],
)
def test_a_version_is_read_in_each_of_its_forms(text: str, numbers: tuple[int, int, int]):
    assert parse_version(text) == numbers


@pytest.mark.parametrize("text", ["", "1", "one.two", "1.2.3.4", "None"])
def test_what_is_no_version_is_none_and_never_accepted(text: str):
    assert parse_version(text) is None
    assert text not in TERRAFORM


def test_the_ranges_are_half_open():
    assert [text for text in ("1.10.9", "1.11.0", "1.99.0", "2.0.0") if text in TERRAFORM] == ["1.11.0", "1.99.0"]
    assert [text for text in ("5.99.0", "5.100.0", "6.0.0") if text in AWS_PROVIDER] == ["5.100.0"]
    assert str(TERRAFORM) == ">= 1.11.0, < 2.0.0"
    assert 3 not in TERRAFORM


def test_this_machine_is_named_in_terraforms_words():
    assert terraform_platform("Linux", "x86_64") == "linux_amd64"
    assert terraform_platform("Darwin", "arm64") == "darwin_arm64"
    assert terraform_platform("Linux", "aarch64") == "linux_arm64"
