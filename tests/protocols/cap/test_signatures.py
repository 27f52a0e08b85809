"""Signatures of alerts: who signed, whether it holds, and that nothing unsigned passes for signed."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from anlan.protocols.cap import NAMESPACE, Alert, Info, build, parse, verify
from anlan.protocols.cap.signatures import DSIG, SIGNATURE
from tests.protocols.cap.signing import Signer

NOW = datetime.now(UTC)


def document(headline: str = "暴雨橙色预警") -> bytes:
    info = Info(
        categories=("Met",), event="暴雨", urgency="Expected", severity="Severe", certainty="Likely", headline=headline
    )
    return build(
        Alert(
            identifier="1", sender="a@b", sent=datetime(2019, 8, 10, tzinfo=UTC), status="Actual",
            message_type="Alert", scope="Public", infos=(info,),
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def signer():
    return Signer()


@pytest.fixture(scope="module")
def signed(signer):
    return signer.sign(document())


def test_blank_lines_before_the_declaration_change_nothing(signer, signed):
    late = b"\r\n  " + signed
    assert parse(late) == parse(signed)
    assert verify(late, [signer.certificate], at=NOW).state == "valid"


def test_a_signature_by_a_trusted_certificate_is_valid(signer, signed):
    other = Signer("另一单位")
    verdict = verify(signed, [other.certificate, signer.certificate], at=NOW)
    assert (verdict.state, verdict.certificate, verdict.reason) == ("valid", 1, "")


def test_an_alert_without_signature_has_none(signer):
    assert verify(document(), [signer.certificate], at=NOW).state == "absent"


def test_changed_content_is_found(signer, signed):
    verdict = verify(signed.replace("橙色".encode(), "蓝色".encode()), [signer.certificate], at=NOW)
    assert verdict.state == "invalid"
    assert "InvalidDigest" in verdict.reason


def test_a_stranger_is_named(signed):
    verdict = verify(signed, [Signer("另一单位").certificate], at=NOW)
    assert verdict.state == "invalid"
    assert "聊城市气象台" in verdict.reason


def test_a_stranger_under_the_name_of_another_is_found(signer):
    root = etree.fromstring(Signer().sign(document()))
    next(root.iter(f"{{{DSIG}}}X509Certificate")).text = b64encode(
        signer.certificate.public_bytes(Encoding.DER)
    ).decode()
    verdict = verify(etree.tostring(root), [signer.certificate], at=NOW)
    assert verdict.state == "invalid"
    assert "不符" in verdict.reason


@pytest.mark.parametrize("days", [-5, 400])
def test_a_certificate_counts_while_it_is_valid(signer, signed, days):
    verdict = verify(signed, [signer.certificate], at=NOW + timedelta(days=days))
    assert verdict.state == "invalid"
    assert "有效期" in verdict.reason


def wrap(signed: bytes, *, position: str) -> bytes:
    """A forged alert around the signed one, with the signature where a careless reader finds it."""
    inner = etree.fromstring(signed)
    signature = inner.find(SIGNATURE)
    outer = etree.fromstring(document("台风红色预警"))
    if position == "moved":
        inner.remove(signature)
        holder = etree.SubElement(outer, f"{{{NAMESPACE}}}note")
        holder.append(inner)
        outer.append(signature)
    else:
        holder = etree.SubElement(outer, f"{{{NAMESPACE}}}note")
        holder.append(inner)
    return etree.tostring(outer, encoding="utf-8")


@pytest.mark.parametrize("position", ["moved", "inside"])
def test_a_signed_alert_inside_a_forged_one_does_not_count(signer, signed, position):
    forged = wrap(signed, position=position)
    assert parse(forged).infos[0].headline == "台风红色预警"
    assert verify(forged, [signer.certificate], at=NOW).state == "invalid"


def test_a_reference_to_a_part_does_not_cover_the_whole(signer):
    root = etree.fromstring(document())
    part = etree.SubElement(root, f"{{{NAMESPACE}}}note", Id="part")
    part.text = "x"
    verdict = verify(etree.tostring(signer.sign_element(root, reference_uri="#part")), [signer.certificate], at=NOW)
    assert verdict.state == "invalid"
    assert "一部分" in verdict.reason


def test_two_signatures_are_ambiguous(signer, signed):
    root = etree.fromstring(signed)
    root.append(etree.fromstring(etree.tostring(root.find(SIGNATURE))))
    assert "2 个签名" in verify(etree.tostring(root), [signer.certificate], at=NOW).reason


def test_weak_and_unsupported_algorithms_are_refused(signer, signed):
    weak = signed.replace(b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1")
    assert verify(weak, [signer.certificate], at=NOW).state == "invalid"
    root = etree.fromstring(signed)
    next(root.iter(f"{{{DSIG}}}SignatureMethod")).set("Algorithm", "urn:oid:1.2.156.sm2-sm3")
    assert "SM2" in verify(etree.tostring(root), [signer.certificate], at=NOW).reason


@pytest.mark.parametrize(
    "junk",
    [
        b'<alert><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></alert>',
        b'<alert><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><X509Data><X509Certificate>%%%'
        b"</X509Certificate></X509Data></KeyInfo></Signature></alert>",
    ],
)
def test_a_broken_signature_is_invalid(signer, junk):
    assert verify(junk, [signer.certificate], at=NOW).state == "invalid"
