"""The rehearsal's private certificate authority: good for loopback only, renewed before it expires."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from autocorp_wizard.adapters.private_file import replace_file

# A truststore holds public certificates only; Java insists on some password to check its integrity.
TRUSTSTORE_PASSWORD: Final = "changeit"  # noqa: S105
_CA_LIFE: Final = timedelta(days=3650)
# Apple's platforms refuse server certificates that live longer.
_LEAF_LIFE: Final = timedelta(days=397)
_RENEW_BEFORE: Final = timedelta(days=30)
_LOOPBACK: Final = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Certificates:
    """Paths in PEM, except the truststore (PKCS12, password `changeit`, for Java)."""

    ca: Path
    truststore: Path
    certificate: Path
    key: Path


class Authority:
    """The CA of one rehearsal home, kept in `directory`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.ca = directory / "ca.pem"
        self.truststore = directory / "truststore.p12"
        self._ca_key = directory / "ca-key.pem"

    def ensure(self, name: str, *, now: datetime | None = None) -> Certificates:
        """Return a certificate for 127.0.0.1 and localhost under `name`, made or renewed where that is due.

        A certificate is renewed 30 days before its end; what cannot be read counts as ended.
        """
        at = now or datetime.now(UTC)
        found = Certificates(
            self.ca, self.truststore, self._directory / f"{name}.pem", self._directory / f"{name}-key.pem"
        )
        authority = self._load(self.ca, self._ca_key, at)
        if authority is None or not self.truststore.exists():
            authority = self._new_authority(at)
        leaf = self._load(found.certificate, found.key, at)
        if leaf is None or leaf[0].issuer != authority[0].subject:
            self._new_leaf(found, authority, at)
        return found

    @staticmethod
    def _load(certificate: Path, key: Path, at: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
        try:
            loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
            secret = serialization.load_pem_private_key(key.read_bytes(), password=None)
        except (OSError, ValueError):
            return None
        if not isinstance(secret, ec.EllipticCurvePrivateKey):
            return None
        if loaded.not_valid_after_utc - _RENEW_BEFORE < at or loaded.not_valid_before_utc > at:
            return None
        return loaded, secret

    def _new_authority(self, at: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        key = ec.generate_private_key(ec.SECP256R1())
        serial = x509.random_serial_number()
        # The serial in the name makes a leaf of an earlier CA recognisable as such.
        name = _name(f"AutoCorp Wizard rehearsal CA {serial % 0xFFFFFFFF:08x}")
        permitted: list[x509.GeneralName] = [x509.DNSName("localhost")]
        permitted += [x509.IPAddress(network) for network in _LOOPBACK]
        certificate = (
            _builder(subject=name, issuer=name, key=key.public_key(), serial=serial, at=at, life=_CA_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(sign_certificates=True), critical=True)
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        replace_file(self._ca_key, _pem(key))
        replace_file(self.ca, certificate.public_bytes(serialization.Encoding.PEM))
        store = pkcs12.serialize_java_truststore(
            [pkcs12.PKCS12Certificate(certificate, b"autocorp-rehearsal")],
            serialization.BestAvailableEncryption(TRUSTSTORE_PASSWORD.encode()),
        )
        replace_file(self.truststore, store)
        return certificate, key

    @staticmethod
    def _new_leaf(
        to: Certificates, authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey], at: datetime
    ) -> None:
        issuer, issuer_key = authority
        key = ec.generate_private_key(ec.SECP256R1())
        names = [
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
        certificate = (
            _builder(
                subject=_name("localhost"),
                issuer=issuer.subject,
                key=key.public_key(),
                serial=x509.random_serial_number(),
                at=at,
                life=min(_LEAF_LIFE, issuer.not_valid_after_utc - at),
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
            .sign(issuer_key, hashes.SHA256())
        )
        replace_file(to.key, _pem(key))
        replace_file(to.certificate, certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    *,
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    serial: int,
    at: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    # An hour back, because clocks in containers and virtual machines disagree.
    return x509.CertificateBuilder(issuer, subject, key, serial, at - timedelta(hours=1), at + life)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "AutoCorp Wizard rehearsal, not a real authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
