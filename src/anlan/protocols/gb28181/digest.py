"""Digest authentication (摘要认证): challenge and check as RFC 2617 and GB/T 28181-2016 9.1 have it.

Nonces carry their time under a keyed hash, so none is stored before it is used; a used one is remembered until
it expires, so a heard answer cannot be sent again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.sip import split_outside

_HASHES: dict[str, Callable[[bytes], Any]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False),
    "SHA-256": hashlib.sha256,
}
_FIELDS = ("username", "realm", "nonce", "uri", "response", "algorithm", "cnonce", "opaque", "qop", "nc")
_BARE = frozenset({"algorithm", "qop", "nc", "stale"})


def _digest(algorithm: str, *parts: str) -> str:
    make = _HASHES.get(algorithm.upper())
    if make is None:
        raise GB28181Error(f"algorithm={algorithm[:20]} 不支持：应为 {'、'.join(_HASHES)}")
    found: str = make(":".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return found


def _read(text: str, what: str) -> dict[str, str]:
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != "digest":
        raise GB28181Error(f"{what} 应以 Digest 开头，收到 {scheme[:20]!r}")
    found = {}
    for part in split_outside(rest, ","):
        name, mark, value = part.partition("=")
        if mark:
            found[name.strip().lower()] = value.strip().strip('"')
    return found


def _write(fields: dict[str, str]) -> str:
    for name, value in fields.items():
        if '"' in value or "\\" in value or not value.isprintable():
            raise GB28181Error(f"{name} 不能含引号、反斜杠或控制字符：{value[:40]!r}")
    return "Digest " + ", ".join(
        f"{name}={value}" if name in _BARE else f'{name}="{value}"' for name, value in fields.items() if value
    )


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a 401 asks for (WWW-Authenticate)."""

    realm: str
    nonce: str
    qop: str = "auth"
    """Empty for the form of RFC 2069, which the annexes of 2016 show."""
    algorithm: str = "MD5"
    opaque: str = ""
    is_stale: bool = False

    @classmethod
    def parse(cls, text: str) -> Challenge:
        """The challenge in a WWW-Authenticate header.

        >>> Challenge.parse('Digest realm="3402000000", nonce="ab", algorithm=MD5').qop
        ''
        """
        fields = _read(text, "WWW-Authenticate")
        if not fields.get("realm") or not fields.get("nonce"):
            raise GB28181Error("WWW-Authenticate 缺少 realm 或 nonce")
        offered = [option.strip() for option in fields.get("qop", "").split(",")]
        return cls(
            fields["realm"],
            fields["nonce"],
            "auth" if "auth" in offered else "",
            fields.get("algorithm") or "MD5",
            fields.get("opaque", ""),
            fields.get("stale", "").lower() == "true",
        )

    def __str__(self) -> str:
        fields = {"realm": self.realm, "nonce": self.nonce, "opaque": self.opaque}
        quoted = _write(fields)
        qop = f', qop="{self.qop}"' if self.qop else ""
        return f"{quoted}{qop}, algorithm={self.algorithm}" + (", stale=TRUE" if self.is_stale else "")

    def answer(
        self, *, username: str, password: str, method: str, uri: str, cnonce: str = "", count: int = 1
    ) -> Credentials:
        """The credentials by which a device, or a lower platform, answers.

        >>> challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
        >>> challenge.answer(username="Mufasa", password="Circle Of Life", method="GET", uri="/dir/index.html",
        ...                  cnonce="0a4f113b").response  # the example of RFC 2617 3.5
        '6629fae49393a05397450978507c4ef1'
        """
        answer = Credentials(
            username,
            self.realm,
            self.nonce,
            uri,
            "",
            self.algorithm,
            cnonce if self.qop else "",
            self.opaque,
            self.qop,
            f"{count:08x}" if self.qop else "",
        )
        return answer.signed(password, method)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a device answers to a challenge (Authorization)."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str = "MD5"
    cnonce: str = ""
    opaque: str = ""
    qop: str = ""
    nc: str = ""

    @classmethod
    def parse(cls, text: str) -> Credentials:
        """The credentials in an Authorization header.

        >>> Credentials.parse('Digest username="34", realm="r", nonce="n", uri="sip:1@2", response="0"').username
        '34'
        """
        fields = _read(text, "Authorization")
        for name in ("username", "realm", "nonce", "uri", "response"):
            if not fields.get(name):
                raise GB28181Error(f"Authorization 缺少 {name}")
        fields["algorithm"] = fields.get("algorithm") or "MD5"
        return cls(*(fields.get(name, "") for name in _FIELDS))

    def __str__(self) -> str:
        return _write({name: getattr(self, name) for name in _FIELDS})

    def expected(self, password: str, method: str) -> str:
        """The response that the password gives."""
        secret = _digest(self.algorithm, self.username, self.realm, password)
        request = _digest(self.algorithm, method, self.uri)
        if self.qop == "auth":
            return _digest(self.algorithm, secret, self.nonce, self.nc, self.cnonce, self.qop, request)
        if self.qop:
            raise GB28181Error(f"qop={self.qop[:20]} 不支持：应为 auth 或不填")
        return _digest(self.algorithm, secret, self.nonce, request)

    def signed(self, password: str, method: str) -> Credentials:
        """The same credentials with the response that the password gives."""
        fields = {name: getattr(self, name) for name in _FIELDS}
        return Credentials(**fields | {"response": self.expected(password, method)})


class Authenticator:
    """The platform's side: makes challenges and checks answers; its nonces live for `lifetime`.

    >>> now = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
    >>> gate = Authenticator("3715000000", b"a secret of this process")
    >>> answer = gate.challenge(now).answer(username="u", password="p", method="REGISTER", uri="sip:1@2", cnonce="c")
    >>> [gate.check(answer, password="p", method="REGISTER", now=now) for _ in range(2)]
    ['', 'replayed']
    """

    def __init__(
        self,
        realm: str,
        secret: bytes,
        *,
        lifetime: timedelta = timedelta(minutes=5),
        qop: str = "auth",
        remembered: int = 65_536,
    ) -> None:
        self._realm, self._secret, self._lifetime, self._qop = realm, secret, lifetime, qop
        self._remembered = remembered
        self._made = 0
        self._used: dict[str, tuple[float, int]] = {}  # nonce: (when made, highest count seen)

    def challenge(self, now: datetime, *, is_stale: bool = False) -> Challenge:
        """A challenge with a nonce of its own."""
        self._made += 1
        stem = f"{round(now.timestamp() * 1000):012x}{self._made & 0xFFFFFFFF:08x}"
        return Challenge(self._realm, stem + self._seal(stem), self._qop, is_stale=is_stale)

    def _seal(self, stem: str) -> str:
        return hmac.new(self._secret, stem.encode(), "sha256").hexdigest()[:24]

    def check(self, given: Credentials, *, password: str, method: str, now: datetime) -> str:
        """Empty when right; else ``realm``, ``nonce`` (not ours), ``stale``, ``replayed`` or ``password``.

        ``stale`` and ``replayed`` deserve a new challenge; a right password with either is not held against a device.
        """
        stem, seal = given.nonce[:20], given.nonce[20:]
        if given.realm != self._realm:
            return "realm"
        if not hmac.compare_digest(self._seal(stem).encode(), seal.encode("utf-8", "replace")):
            return "nonce"
        if not hmac.compare_digest(
            given.expected(password, method).encode(), given.response.lower().encode("utf-8", "replace")
        ):
            return "password"
        made = int(stem[:12], 16) / 1000
        age = now.timestamp() - made
        if not -1 <= age <= self._lifetime.total_seconds():
            return "stale"
        try:
            count = int(given.nc, 16) if given.qop else 1
        except ValueError as error:
            raise GB28181Error(f"nc 应为 8 位十六进制数，收到 {given.nc[:20]!r}") from error
        if count <= self._used.get(given.nonce, (0.0, 0))[1]:
            return "replayed"
        self._remember(given.nonce, made, count, now)
        return ""

    def _remember(self, nonce: str, made: float, count: int, now: datetime) -> None:
        if len(self._used) >= self._remembered and nonce not in self._used:
            oldest = now.timestamp() - self._lifetime.total_seconds()
            self._used = {key: value for key, value in self._used.items() if value[0] >= oldest}
            if len(self._used) >= self._remembered:
                raise GB28181Error(f"同时有效的认证超过 {self._remembered} 个，请稍后再注册")
        self._used[nonce] = (made, count)
