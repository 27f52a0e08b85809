"""A weather bureau's web server, as small as the tests need it: real sockets, answers that a test sets."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Bureau:
    """What it serves by path, and what it was asked."""

    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: bytes, *, status: int = 200, **headers: str) -> None:
        """Serve a body, with headers such as `ETag` or `Location`; conditional requests are answered as they should."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        def serve(request: BaseHTTPRequestHandler) -> None:
            if named.get("ETag") and request.headers.get("If-None-Match") == named["ETag"]:
                request.send_response(304)
                request.end_headers()
                return
            request.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | named).items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(body)

        self.pages[path] = serve

    def put_feed(self, *entries: str, path: str = "/feed.atom", etag: str = "") -> None:
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>预警</title>{"".join(entries)}</feed>'
        self.put(path, feed.encode(), **({"ETag": etag} if etag else {}))

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def link(path: str, name: str = "", updated: str = "2019-08-10T12:00:00Z") -> str:
    """An Atom entry that links to an alert."""
    return (
        f"<entry><id>{name or path}</id><title>{name or path}</title><updated>{updated}</updated>"
        f'<link type="application/cap+xml" href="{path}"/></entry>'
    )


def start(bureau: Bureau) -> ThreadingHTTPServer:
    """Begin to serve on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bureau.asked.append((self.path, dict(self.headers)))
            page = bureau.pages.get(self.path)
            if page is None:
                self.send_error(404)
            else:
                page(self)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bureau.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server
