"""Feeds in which relayed warnings are offered to programs: Atom and RSS 2.0, each entry linking to the message as it came."""

import hashlib

from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed
from django.utils.http import quote_etag
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from anlan.areas.risk.warning import queries
from anlan.areas.risk.warning.models import Warning, WarningFeed
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.programs import answer, caller
from anlan.protocols.cap import CAP_TYPE

CAPABILITY = "view:warnings"
#: The newest messages that a feed names.
SHOWN = 100
#: Seconds for which a copy of a feed is fresh.
FRESH_S = 30


class _Atom(Atom1Feed):
    """An Atom feed whose links say that they lead to CAP."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict) -> None:
        super().add_item_elements(handler, item | {"enclosures": []})
        handler.addQuickElement("link", "", {"rel": "alternate", "type": CAP_TYPE, "href": item["link"]})


KINDS = {"atom": _Atom, "rss": Rss201rev2Feed}


def _open(request: HttpRequest, code: str) -> tuple[WarningFeed, User | None] | HttpResponse:
    """The feed and its reader, None for the public; else the answer that says why not."""
    feed = WarningFeed.objects.filter(code=code, is_enabled=True).select_related("area").first()
    if feed is not None and feed.is_public:
        return feed, None
    reader = caller(request, CAPABILITY)
    if not isinstance(reader, User):
        return reader
    return (feed, reader) if feed is not None else answer(404, error="没有这个订阅源。")


def _conditional(request: HttpRequest, response: HttpResponse, feed: WarningFeed, etag: str) -> HttpResponseBase:
    """The response, or that nothing changed; without Last-Modified, which would lose what came in the same second."""
    response["ETag"] = quote_etag(etag)
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=feed.is_public, private=not feed.is_public, max_age=FRESH_S)
    return get_conditional_response(request, response["ETag"], None, response)


@csrf_exempt
@require_safe
def feed(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The newest messages of a feed."""
    opened = _open(request, code)
    if isinstance(opened, HttpResponse):
        return opened
    found, reader = opened
    rows = list(queries.offered(found, reader).annotate(size=Length("raw"))[:SHOWN])
    here = request.build_absolute_uri()
    made = KINDS[kind](
        title=found.name,
        link=request.build_absolute_uri("/"),
        description="转发主管部门发布的预警，原文未作改动。",
        language="zh-cn",
        feed_url=here,
        feed_guid=here,
    )
    for row in rows:
        _add(made, request, found, row)
    body = made.writeString("utf-8")
    response = HttpResponse(body, content_type=made.content_type)
    # The generator writes the moment of now into an empty feed; what the feed says is what counts.
    said = "\n".join([found.name, kind, here, *(f"{row.pk} {row.digest}" for row in rows)])
    etag = hashlib.sha256(said.encode()).hexdigest()
    return _conditional(request, response, found, etag)


def _add(made: Atom1Feed | Rss201rev2Feed, request: HttpRequest, feed: WarningFeed, row: Warning) -> None:
    link = request.build_absolute_uri(reverse("warning:feed_document", args=[feed.code, row.pk]))
    mark = "【演练】" if row.is_exercise else ""
    made.add_item(
        title=f"{mark}{row.headline}",
        link=link,
        description=row.description,
        author_name=row.sender_name or row.sender,
        unique_id=link,
        pubdate=row.sent,
        updateddate=row.received_at,
        categories=[row.event],
        enclosures=[Enclosure(link, str(row.size), CAP_TYPE)],
    )


@csrf_exempt
@require_safe
def document(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """One message as it arrived, byte for byte."""
    opened = _open(request, code)
    if isinstance(opened, HttpResponse):
        return opened
    found, reader = opened
    try:
        row = get_object_or_404(queries.offered(found, reader).defer(None), pk=pk)
    except Http404:
        return answer(404, error="没有这条预警，或它不在这个订阅源中。")
    response = HttpResponse(bytes(row.raw), content_type=CAP_TYPE)
    return _conditional(request, response, found, row.digest)


feed.required_capability = document.required_capability = CAPABILITY
