"""The private CA: for loopback alone, closed files, renewed before its end, readable by Java."""

import ipaddress
import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from autocorp_wizard.rehearsal.tls import TRUSTSTORE_PASSWORD, Authority

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_ca_is_good_for_loopback_only_and_signs_the_leaf(tmp_path: Path) -> None:
    made = Authority(tmp_path).ensure("cloud", now=NOW)
    ca, leaf = _read(made.ca), _read(made.certificate)
    leaf.verify_directly_issued_by(ca)
    limits = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    permitted = {str(name.value) for name in limits.value.permitted_subtrees}
    assert permitted == {"localhost", "127.0.0.0/8", "::1/128"}
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert ipaddress.ip_address("127.0.0.1") in names.get_values_for_type(x509.IPAddress)
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(days=399)


def test_what_is_valid_is_kept_and_what_ends_soon_is_renewed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    made = authority.ensure("cloud", now=NOW)
    ca, leaf = _read(made.ca), _read(made.certificate)
    authority.ensure("cloud", now=NOW + timedelta(days=300))
    assert (_read(made.ca), _read(made.certificate)) == (ca, leaf)
    authority.ensure("cloud", now=NOW + timedelta(days=370))
    renewed = _read(made.certificate)
    assert renewed != leaf
    assert _read(made.ca) == ca
    authority.ensure("cloud", now=NOW + timedelta(days=3640))
    assert _read(made.ca) != ca
    _read(made.certificate).verify_directly_issued_by(_read(made.ca))


@pytest.mark.parametrize("damaged", ["ca.pem", "ca-key.pem", "cloud.pem", "cloud-key.pem", "truststore.p12"])
def test_a_damaged_or_missing_file_is_made_anew(tmp_path: Path, damaged: str) -> None:
    authority = Authority(tmp_path)
    authority.ensure("cloud", now=NOW)
    (tmp_path / damaged).unlink()
    if damaged.endswith(".pem"):
        (tmp_path / damaged).write_text("-----BEGIN NOTHING-----")
    made = authority.ensure("cloud", now=NOW)
    _read(made.certificate).verify_directly_issued_by(_read(made.ca))
    assert made.truststore.stat().st_size > 300


def test_files_are_closed_and_no_draft_is_left(tmp_path: Path) -> None:
    Authority(tmp_path).ensure("cloud", now=NOW)
    assert {path.name for path in tmp_path.iterdir()} == {
        "ca.pem",
        "ca-key.pem",
        "cloud.pem",
        "cloud-key.pem",
        "truststore.p12",
    }
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())


@pytest.mark.slow
def test_java_reads_the_truststore(tmp_path: Path) -> None:
    keytool = shutil.which("keytool")
    if keytool is None:
        pytest.skip("there is no keytool on this machine")
    made = Authority(tmp_path).ensure("cloud", now=NOW)
    listed = subprocess.run(
        [keytool, "-list", "-keystore", str(made.truststore), "-storepass", TRUSTSTORE_PASSWORD],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "trustedCertEntry" in listed.stdout
    assert "autocorp-rehearsal" in listed.stdout
