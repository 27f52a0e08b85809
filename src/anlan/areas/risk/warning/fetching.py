"""Ask the feeds of others by HTTP, with limits on size, time and redirects; never a host that was not declared."""

import base64
import http.client
import ssl
import time
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

#: Seconds that a server may be silent, and that one answer may take as a whole.
SILENCE_S = 10
LONGEST_S = 30
REDIRECTS = 3
_PIECE = 65536


class FetchError(Exception):
    """Why nothing could be fetched, said in Chinese; the server may say for how many seconds to leave it alone."""

    def __init__(self, problem: str, *, retry_after: int = 0) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Answer:
    """What a server answered; `is_unchanged` says that nothing is new since the last time."""

    body: bytes
    address: str
    etag: str = ""
    last_modified: str = ""
    is_unchanged: bool = False


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """As whom to ask, and whom."""

    hosts: Collection[str]
    username: str = ""
    password: str = ""
    #: The host that the credentials are for.
    home: str = ""

    def check(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https"):
            raise FetchError(f"地址 {address[:200]} 不是 http 或 https")
        if (parts.hostname or "") not in self.hosts:
            raise FetchError(f"主机 {parts.hostname} 不是接入源的主机，也不在“其他主机”中")

    def credentials(self, address: str) -> str:
        """The Authorization header for an address; none for other hosts than the feed's own."""
        if not self.password or origin(address) != self.home:
            return ""
        if not self.username:
            return f"Bearer {self.password}"
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


def origin(address: str) -> str:
    """Scheme, host and port of an address.

    >>> origin("https://weather.example:8443/feed.atom")
    'https://weather.example:8443'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few redirects among the declared hosts, and leaves the credentials behind."""

    max_redirections = REDIRECTS

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def redirect_request(self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str):
        self.visitor.check(newurl)
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise FetchError("服务器从 https 转到 http，不予跟随")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None:
            following.remove_header("Authorization")
            if said := self.visitor.credentials(newurl):
                following.add_header("Authorization", said)
        return following


def fetch(address: str, visitor: Visitor, *, limit: int, etag: str = "", last_modified: str = "") -> Answer:
    """The answer to a GET of at most so many bytes; FetchError says why there is none."""
    visitor.check(address)
    headers = {"User-Agent": "Anlan", "Accept": "application/atom+xml, application/rss+xml, application/cap+xml, */*"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    if said := visitor.credentials(address):
        headers["Authorization"] = said
    request = urllib.request.Request(address, headers=headers)  # noqa: S310  (the visitor admits http and https only)
    opener = urllib.request.build_opener(_Redirects(visitor))
    try:
        with opener.open(request, timeout=SILENCE_S) as response:
            return Answer(
                body=_body(response, limit),
                address=response.url,
                etag=response.headers.get("ETag", "")[:300],
                last_modified=response.headers.get("Last-Modified", "")[:100],
            )
    except HTTPError as error:
        error.close()
        if error.code == 304:
            return Answer(b"", address, etag, last_modified, is_unchanged=True)
        raise FetchError(_refusal(error), retry_after=_seconds(error.headers.get("Retry-After", ""))) from error
    except ssl.SSLError as error:
        raise FetchError(f"TLS 连接失败：{error.reason or error}") from error
    except URLError as error:
        raise FetchError(f"连接不上：{error.reason}") from error
    except TimeoutError as error:
        raise FetchError(f"{SILENCE_S} 秒没有应答") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"应答不能读：{type(error).__name__}") from error


def _body(response: http.client.HTTPResponse, limit: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError("服务器发来压缩内容，而请求没有接受压缩")
    pieces, size, end = [], 0, time.monotonic() + LONGEST_S
    while piece := response.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise FetchError(f"内容超过 {limit} 字节")
        if time.monotonic() > end:
            raise FetchError(f"{LONGEST_S} 秒没有收完")
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) != size:
        raise FetchError(f"内容不完整：应有 {length} 字节，收到 {size} 字节")
    return b"".join(pieces)


def _refusal(error: HTTPError) -> str:
    if error.code in (301, 302, 303, 307, 308):
        return f"转向超过 {REDIRECTS} 次、成环或离开 http"
    if error.code in (401, 403):
        return f"服务器拒绝（{error.code}）：请核对用户名、密码或令牌"
    return f"服务器应答 {error.code}"


def _seconds(text: str) -> int:
    return min(int(text), 3600) if text.isdigit() else 0
