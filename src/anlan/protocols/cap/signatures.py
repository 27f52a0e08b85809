"""XML signatures (XMLDSig, enveloped) of alerts (数字签名), checked against certificates that are trusted beforehand.

Only what a signature covers counts: an alert that says anything else than its signed element is not validly signed.
Sources: CAP 1.2, 3.3.4; XML Signature Syntax and Processing 1.1; the algorithms are those of the library, without SHA-1
and shared secrets. SM2 with SM3 is recognised by name and not supported.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from anlan.protocols.cap.codes import CAPError
from anlan.protocols.cap.frames import parse
from anlan.protocols.markup import SIZE_LIMIT, MarkupError, read_tree

DSIG = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE = f"{{{DSIG}}}Signature"

_CONFIGURATION = {
    "location": "./",
    "expect_references": 1,
    "signature_methods": frozenset(
        method for method in SignatureMethod if "SHA1" not in method.name and "HMAC" not in method.name
    ),
    "digest_algorithms": frozenset(method for method in DigestAlgorithm if "SHA1" not in method.name),
}
_REFUSED = (SignXMLException, etree.LxmlError, ValueError, TypeError, AttributeError, KeyError, binascii.Error)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the check of an alert's signature."""

    state: str
    """``valid`` (签名有效), ``absent`` (无签名) or ``invalid`` (签名无效)."""
    reason: str = ""
    """Why it is invalid."""
    certificate: int | None = None
    """Position among the trusted certificates of the one that signed."""


def verify(
    document: bytes, certificates: Iterable[x509.Certificate], *, at: datetime, limit: int = SIZE_LIMIT
) -> Verdict:
    """Whether one of these certificates signed an alert, each by itself the signer's, at a moment of its validity.

    The document is one that ``parse`` has taken.

    >>> from datetime import UTC
    >>> verify(b"<alert/>", [], at=datetime(2019, 8, 10, tzinfo=UTC)).state
    'absent'
    """
    try:
        root = read_tree(document, limit=limit)
    except MarkupError as error:
        return Verdict("invalid", str(error))
    count = sum(1 for _ in root.iter(SIGNATURE))
    if not count:
        return Verdict("absent")
    if count > 1:
        return Verdict("invalid", f"有 {count} 个签名，只应有 1 个")
    if root.find(SIGNATURE) is None:
        return Verdict("invalid", "签名不是 alert 的直接子元素，没有包含整个文档")
    method = next((node.get("Algorithm", "") for node in root.iter(f"{{{DSIG}}}SignatureMethod")), "")
    if "sm2" in method.lower():
        return Verdict("invalid", "签名用国密 SM2 算法，本系统暂不支持")
    named = [node.text or "" for node in root.iter(f"{{{DSIG}}}X509Certificate")]
    reason = ""
    for position, certificate in enumerate(certificates):
        if named and not any(_is_same(text, certificate) for text in named):
            continue
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            reason = reason or (f"签名证书 {certificate.subject.rfc4514_string()} 在 {at:%Y-%m-%d %H:%M} 不在有效期内")
            continue
        reason = _problem(document, certificate, at)
        if not reason:
            return Verdict("valid", certificate=position)
    return Verdict("invalid", reason or f"签名证书不在可信证书中{_subject(named)}")


def _problem(document: bytes, certificate: x509.Certificate, at: datetime) -> str:
    """Why a certificate's key did not sign the whole alert; empty when it did."""
    configuration = SignatureConfiguration(verification_time=at, **_CONFIGURATION)  # type: ignore[arg-type]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        result = XMLVerifier().verify(
            document.lstrip(), x509_cert=certificate, expect_config=configuration, parser=parser
        )
    except _REFUSED as error:
        return f"签名与内容或证书不符（{type(error).__name__}：{str(error)[:120]}）"
    signed = getattr(result, "signed_data", b"")
    try:
        covered = parse(signed)
    except CAPError:
        return "签名只包含文档的一部分，没有包含整个 alert"
    return "" if covered == parse(document) else "文档内容与签名所包含的内容不同"


def _is_same(text: str, certificate: x509.Certificate) -> bool:
    try:
        return binascii.a2b_base64(text) == certificate.public_bytes(Encoding.DER)
    except binascii.Error:
        return False


def _subject(named: list[str]) -> str:
    for text in named:
        try:
            return f"：{x509.load_der_x509_certificate(binascii.a2b_base64(text)).subject.rfc4514_string()}"
        except (ValueError, binascii.Error):
            continue
    return ""
