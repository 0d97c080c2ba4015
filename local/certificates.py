"""Who may speak with an engine: certificates of one environment, made at its first start.

The engines have no accounts of their own, and every web page and every user of this machine reaches loopback. So each asks for a
certificate of this environment's authority, and shows one. The key never leaves the environment's folder.
"""

import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=3650)
ADDRESS = ipaddress.IPv4Address("127.0.0.1")


@dataclass(frozen=True)
class Certificates:
    """Files in `folder`. `authority.pem`, `identity.pem` (certificate and key) are for Python; the `.p12` for JVMs."""

    folder: Path
    password: str

    def file(self, name: str) -> Path:
        """One of the files; all are made together, once."""
        if not (self.folder / "done").exists():
            make(self.folder, self.password)
        return self.folder / name

    @cached_property
    def context(self) -> ssl.SSLContext:
        """What a client needs to be let in, and to know that it speaks with an engine of this environment."""
        found = ssl.create_default_context(cafile=self.file("authority.pem"))
        found.load_cert_chain(self.file("identity.pem"))
        return found


def make(folder: Path, password: str) -> None:
    """An authority, and one identity that servers and clients share. The authority's key is thrown away."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = signed(name("cdc local environment"), authority_key, authority_key, None)
    identity = signed(name("cdc local engine"), key, authority_key, authority)
    secret = BestAvailableEncryption(password.encode())
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    store = pkcs12.serialize_key_and_certificates(b"identity", key, identity, [authority], secret)
    trusted = [pkcs12.PKCS12Certificate(authority, b"authority")]
    write(folder / "authority.pem", authority.public_bytes(Encoding.PEM))
    write(folder / "identity.pem", identity.public_bytes(Encoding.PEM) + plain)
    write(folder / "identity.p12", store)
    write(folder / "trusted.p12", pkcs12.serialize_java_truststore(trusted, secret))
    write(folder / "done", b"")


def name(text: str) -> x509.Name:
    """A subject."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def signed(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
) -> x509.Certificate:
    """A certificate: an authority's without an issuer, else one for loopback, for both sides of a connection."""
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + LIFETIME)
    made = made.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    if issuer is not None:
        names = [x509.IPAddress(ADDRESS), x509.DNSName("localhost")]
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return made.sign(by, hashes.SHA256())


def write(file: Path, content: bytes) -> None:
    """For this user only, from the first byte on."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(content)
