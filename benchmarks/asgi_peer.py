"""The peer of the stream benchmark: events to every client through one queue each, as ASGI tutorials write it."""

import asyncio

clients: set[asyncio.Queue] = set()


async def app(scope, receive, send):
    """GET /stream listens; POST / hands its body to every listener."""
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        body = (await receive())["body"]
        for queue in clients:
            queue.put_nowait(body)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    queue: asyncio.Queue = asyncio.Queue()
    clients.add(queue)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b"retry: 1500\n\n", "more_body": True})
    try:
        while True:
            await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})
    finally:
        clients.discard(queue)
