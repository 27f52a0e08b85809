"""The code: whatever goes in comes out, one changed letter never passes, rubbish is refused and never a fault."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from anlan.areas.transport.passes.token import Claims, TokenError, base45, decode, encode, unbase45

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
moments = st.integers(0, 2**31).map(lambda n: datetime.fromtimestamp(60 * (n // 60), UTC))
claims = st.builds(
    lambda start, minutes, **rest: Claims(valid_from=start, valid_until=start + timedelta(minutes=minutes), **rest),
    start=moments, minutes=st.integers(1, 100_000), key=st.binary(min_size=4, max_size=4).map(bytes.hex),
    serial=st.integers(0, 2**32 - 1), is_free=st.booleans(), is_priority=st.booleans(), is_exercise=st.booleans(),
    category=st.integers(0, 255), vehicle_kind=st.integers(0, 255),
    areas=st.lists(st.integers(0, 999_999).map("{:06d}".format), min_size=1, max_size=12).map(tuple),
    plate=st.text(min_size=1, max_size=8).filter(lambda text: len(text.encode("utf-8", "replace")) <= 32
                                                 and not any("\ud800" <= c <= "\udfff" for c in text)),
)  # fmt: skip


def verify(_key, signature, body):
    try:
        KEY.public_key().verify(signature, body)
    except InvalidSignature:
        return False
    return True


@given(claims)
def test_what_goes_in_comes_out(claim):
    assert decode(encode(claim, KEY.sign), verify) == claim


@given(claims, st.data())
def test_a_changed_letter_never_passes(claim, data):
    text = encode(claim, KEY.sign)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(
        st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:é").filter(lambda c: c != text[at])
    )
    with pytest.raises(TokenError):
        decode(text[:at] + letter + text[at + 1 :], verify)


@given(st.text() | st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:").map("LCP:".__add__))
def test_rubbish_is_refused(text):
    with pytest.raises(TokenError):
        decode(text, verify)


@given(st.binary())
def test_base45_returns(data):
    assert unbase45(base45(data)) == data


@pytest.mark.parametrize("text", ["GGW", "::", "Z", "a00", "00"[:1]])
def test_base45_refuses_what_nobody_encodes(text):
    with pytest.raises(TokenError):
        unbase45(text)


def test_the_code_stays_small():
    import qrcode

    claim = Claims(
        key="00" * 4, serial=12345, valid_from=datetime(2026, 8, 1, tzinfo=UTC), valid_until=datetime(2026, 8, 2, tzinfo=UTC),
        is_free=True, is_priority=True, is_exercise=False, category=1, vehicle_kind=1, areas=("371500",), plate="鲁P12345挂",
    )  # fmt: skip
    text = encode(claim, KEY.sign)
    assert len(text) < 160
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make()
    assert code.version <= 7
