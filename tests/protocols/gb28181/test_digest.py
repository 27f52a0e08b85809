"""Digests: the RFC's example, both forms, stale and replayed nonces."""

from datetime import datetime, timedelta

import pytest

from anlan.protocols.gb28181.digest import Authenticator, Challenge, Credentials
from anlan.protocols.gb28181.frames import GB28181Error

NOW = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
WHO = {"username": "37152600001320000001", "password": "12345678", "method": "REGISTER", "uri": "sip:3715000000"}


def gate(**options: object) -> Authenticator:
    return Authenticator("3715000000", b"secret of the test", **options)  # type: ignore[arg-type]


def check(gate: Authenticator, given: Credentials, now: datetime = NOW, password: str = "12345678") -> str:
    return gate.check(Credentials.parse(str(given)), password=password, method="REGISTER", now=now)


def test_the_example_of_rfc_2617_comes_out() -> None:
    given = Credentials.parse(
        'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",'
        ' uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b",'
        ' response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert given.expected("Circle Of Life", "GET") == given.response


def test_the_example_of_rfc_7616_comes_out() -> None:
    challenge = Challenge("http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "auth", "SHA-256")
    answer = challenge.answer(
        username="Mufasa", password="Circle of Life", method="GET", uri="/dir/index.html",
        cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )  # fmt: skip
    assert answer.response == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


@pytest.mark.parametrize("qop", ["auth", ""])
def test_a_right_answer_is_taken_once(qop: str) -> None:
    authenticator = gate(qop=qop)
    challenge = Challenge.parse(str(authenticator.challenge(NOW)))
    assert challenge.qop == qop
    answer = challenge.answer(**WHO, cnonce="0a4f")
    assert check(authenticator, answer, password="other") == "password"
    assert check(authenticator, answer) == ""
    assert check(authenticator, answer) == "replayed"


def test_a_nonce_with_counts_serves_again_but_never_backwards() -> None:
    authenticator = gate()
    challenge = authenticator.challenge(NOW)
    second, third = (challenge.answer(**WHO, cnonce="c", count=count) for count in (2, 3))
    assert [check(authenticator, one) for one in (second, third, second)] == ["", "", "replayed"]


def test_a_nonce_goes_stale_and_one_of_others_is_refused() -> None:
    authenticator = gate(lifetime=timedelta(minutes=1))
    answer = authenticator.challenge(NOW).answer(**WHO, cnonce="c")
    assert check(authenticator, answer, NOW + timedelta(minutes=2)) == "stale"
    assert check(authenticator, answer, NOW - timedelta(minutes=2)) == "stale"
    other = Authenticator("3715000000", b"another secret").challenge(NOW)
    assert check(authenticator, other.answer(**WHO, cnonce="c")) == "nonce"
    assert check(Authenticator("3700000000", b"secret of the test"), answer) == "realm"


def test_used_nonces_are_bounded_and_forgotten() -> None:
    authenticator = gate(remembered=2)
    for _ in range(2):
        assert check(authenticator, authenticator.challenge(NOW).answer(**WHO, cnonce="c")) == ""
    with pytest.raises(GB28181Error, match="同时有效"):
        check(authenticator, authenticator.challenge(NOW).answer(**WHO, cnonce="c"))
    later = NOW + timedelta(minutes=10)
    assert check(authenticator, authenticator.challenge(later).answer(**WHO, cnonce="c"), later) == ""


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("Basic abc", "Digest"),
        ('Digest username="1"', "缺少 realm"),
        ('Digest username="1", realm="3715000000", nonce="n", uri="u", response="r", algorithm=MD4', "algorithm"),
        ('Digest username="1", realm="3715000000", nonce="n", uri="u", response="r", qop=auth-int', "qop"),
    ],
)
def test_what_is_wrong_is_named(header: str, word: str) -> None:
    with pytest.raises(GB28181Error, match=word):
        Credentials.parse(header).expected("p", "REGISTER")
