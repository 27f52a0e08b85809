"""The SensorThings service at /sta/v1.1/: every read through the reader's scope, every reading through the gateway."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from anlan.areas.risk.monitoring.handover import NotKept
from anlan.areas.risk.monitoring.sensorthings import posting
from anlan.areas.risk.monitoring.sensorthings.answering import Answerer, NotThere, as_data_array
from anlan.areas.risk.monitoring.sensorthings.nodes import Graph, Node, plain_values, sets
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.services import client_address
from anlan.foundation.ledger.programs import caller
from anlan.protocols.sensorthings import (
    CONFORMANCE,
    SIZE,
    Query,
    Resource,
    SensorThingsError,
    options,
    paths,
    problem,
)

#: A caller may catch up on so many seconds' worth of requests.
BURST_S = 20.0
SAFE = ("GET", "HEAD")


class Allowance:
    """How many requests each caller may still make, by the rate that the gateways allow a device."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[float, float]] = {}

    def spend(self, user: int) -> float:
        """Seconds to wait; zero when the request may go on."""
        rate, now = settings.ANLAN.gateway_rate, time.monotonic()
        if not rate:
            return 0.0
        left, at = self._left.get(user, (rate * BURST_S, now))
        left = min(rate * BURST_S, left + (now - at) * rate)
        if left < 1:
            return (1 - left) / rate
        self._left[user] = (left - 1, now)
        return 0.0


ALLOWANCE = Allowance()


def _json(status: int, content: Any) -> JsonResponse:
    return JsonResponse(content, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


def _refused(status: int, text: str, **headers: str) -> JsonResponse:
    answer = _json(status, problem(status, text))
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return answer


def _guarded(view: Callable) -> Callable:
    """Who calls, by key or session; what is wrong is said in the standard's form."""

    @wraps(view)
    def guarded(request: HttpRequest, path: str = "") -> HttpResponse:
        user = caller(request, "view:readings")
        if not isinstance(user, User):
            return user
        request.user = user
        if wait := ALLOWANCE.spend(user.pk):
            return _refused(429, _("请求太多，请稍后再发。"), Retry_After=str(int(wait) + 1))
        try:
            return view(request, path)
        except NotThere:
            return _refused(404, _("没有这个实体，或不在您的管辖范围内。"))
        except posting.Missing as error:
            return _refused(404, str(error))
        except SensorThingsError as error:
            return _refused(404 if error.code == "unknown" else 400, str(error))
        except NotKept as error:
            return _refused(
                503, _("数据没有保存：%(error)s。请重发，重发的只计一次。") % {"error": error}, Retry_After="5"
            )

    guarded.required_capability = "view:readings"
    return csrf_exempt(guarded)


@_guarded
def service(request: HttpRequest, path: str) -> HttpResponse:
    """Everything below the service's root."""
    site = request.build_absolute_uri(reverse("monitoring:sensorthings")).rstrip("/")
    if request.method == "POST":
        return _post(request, path, site)
    if request.method not in SAFE:
        return _closed(request, site)
    resource = paths.parse(quote(path))
    if not resource.steps:
        return _json(200, {"value": sets(site), "serverSettings": {"conformance": list(CONFORMANCE)}})
    query = options.parse(request.META.get("QUERY_STRING", ""), resource.type)
    options.check(query, resource.type)
    graph = Graph(request.user, site)
    answerer = Answerer(graph, timezone.now())
    place = answerer.source(resource)
    if isinstance(place, Node):
        return _one(place, resource, query, answerer)
    found = answerer.page(place, query)
    content: dict[str, Any] = {}
    if found.count is not None:
        content["@iot.count"] = found.count
    if found.next is not None:
        content["@iot.nextLink"] = f"{site}/{paths.write(resource)}?{options.write(found.next)}"
    if resource.form == "$ref":
        content["value"] = [{"@iot.selfLink": node["@iot.selfLink"]} for node in found.nodes]
    elif query.is_data_array:
        content["value"] = as_data_array(found.nodes, graph)
    else:
        content["value"] = answerer.shown(found.nodes, query)
    return _json(200, content)


def _one(node: Node, resource: Resource, query: Query, answerer: Answerer) -> HttpResponse:
    if resource.form == "$ref":
        return _json(200, {"@iot.selfLink": node["@iot.selfLink"]})
    if not resource.below:
        return _json(200, answerer.shown([node], query)[0])
    value: Any = plain_values(node)
    for name in resource.below:
        if not isinstance(value, dict) or name not in value:
            raise NotThere
        value = value[name]
    if resource.form != "$value":
        return _json(200, {resource.below[-1]: value}) if value is not None else HttpResponse(status=204)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return HttpResponse(str(value), content_type="text/plain; charset=utf-8")
    return _json(200, value) if value is not None else HttpResponse(status=204)


def _closed(request: HttpRequest, site: str) -> HttpResponse:
    """What is kept as a register is changed as a register."""
    registers = site.partition("/sta/")[0] + reverse("ledger:index")
    return _refused(
        405,
        _("这里只能读取实体和添加 Observations；监测站、仪表等在台账中登记和修改：%(address)s")
        % {"address": registers},
        Allow="GET, HEAD, POST",
    )


def _post(request: HttpRequest, path: str, site: str) -> HttpResponse:
    is_array = path.strip("/") == "CreateObservations"
    resource = Resource() if is_array else paths.parse(quote(path))
    if not is_array and (not resource.steps or not resource.is_many or resource.type.name != "Observation"):
        return _closed(request, site)
    if not request.user.may("act:readings.receive"):
        return _refused(403, _("您的岗位没有这项权限：%(capability)s。") % {"capability": "act:readings.receive"})
    raw = request.read(SIZE + 1)
    if len(raw) > SIZE:
        return _refused(413, _("文档超过 %(n)s 字节。") % {"n": SIZE})
    peer = f"{request.user.username} {client_address.get()}"
    if is_array:
        posted = posting.post_array(actor=request.user, raw=raw, peer=peer)
        if not any(isinstance(one, str) for one in posted.outcomes) and posted.problems:
            raise posted.problems[0]
        return _json(201, [_link(site, one) if isinstance(one, str) else "error" for one in posted.outcomes])
    posted = posting.post_one(actor=request.user, datastream=_datastream(request, resource), raw=raw, peer=peer)
    link = _link(site, str(posted.outcomes[0]))
    answer = _json(201, {"@iot.id": posted.outcomes[0], "@iot.selfLink": link})
    answer["Location"] = link
    return answer


def _datastream(request: HttpRequest, resource: Resource) -> paths.Key | None:
    """The Datastream that an address of Observations belongs to; None where the document has to say it."""
    if len(resource.steps) == 1:
        return None
    if len(resource.steps) == 2 and resource.steps[0].name == "Datastreams":
        return resource.steps[0].key
    owner = Answerer(Graph(request.user, ""), timezone.now()).source(Resource(resource.steps[:-1]))
    if not isinstance(owner, Node) or owner.type.name != "Datastream":
        raise SensorThingsError("Observations 请发往 Datastreams(id)/Observations 或 Observations", "path")
    return owner.key


def _link(site: str, key: str) -> str:
    return f"{site}/Observations({paths.written_key(key)})"
