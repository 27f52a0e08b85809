"""Certificates and signatures made on the spot, for tests of signed alerts."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner
from signxml.algorithms import CanonicalizationMethod


class Signer:
    """A key with its certificate; `sign` puts an enveloped signature into an alert."""

    def __init__(self, name: str = "聊城市气象台", *, days: int = 365, start: datetime | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        start = start or datetime.now(UTC) - timedelta(days=1)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def sign(self, document: bytes) -> bytes:
        return etree.tostring(self.sign_element(etree.fromstring(document)), encoding="utf-8", xml_declaration=True)

    def sign_element(self, root: etree._Element, **options: str) -> etree._Element:
        signer = XMLSigner(
            signature_algorithm="ecdsa-sha256",
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return signer.sign(root, key=key, cert=self.pem, **options)
