"""Lines as a network: split where they share a vertex, with their tags as numbers."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from anlan.foundation.roads.reading import Line, RoadFileError
from anlan.science.geo.roads.graph import CLASSES, RoadError, Roads, build

#: Road classes by the words of OpenStreetMap and of Chinese road registers; others are no roads for vehicles.
CLASS_OF = {name: name for name in CLASSES} | {
    "unclassified": "residential", "living_street": "residential", "road": "residential", "高速公路": "motorway",
    "高速": "motorway", "国道": "trunk", "省道": "primary", "县道": "secondary", "乡道": "tertiary", "村道": "residential",
    "快速路": "trunk", "主干路": "primary", "次干路": "secondary", "支路": "tertiary",
}  # fmt: skip
#: Vertices nearer than this, in degrees (about a centimetre), are one.
_STEP = 1e-7
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(km/h|kmh|mph|m|t|st|ft|')?\s*$")
_FACTORS = {"mph": 1.609344, "ft": 0.3048, "'": 0.3048, "st": 0.90718474}
_YES = ("yes", "true", "1", "是")


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A network made from lines, and what was noticed."""

    roads: Roads
    #: Lines left out, by reason.
    left_out: Mapping[str, int]
    #: Edges whose speed is that of their class.
    default_speeds: int


def figure(value: Any) -> float:
    """The number of a tag in km/h, metres or tonnes; nan where it is none.

    >>> figure("50"), figure("30 mph"), figure("3.5 m"), figure(None), figure("CN:urban"), figure(0)
    (50.0, 48.28032, 3.5, nan, nan, nan)
    """
    found = _NUMBER.match(str(value)) if value is not None else None
    number = float(found[1]) * _FACTORS.get(found[2] or "", 1.0) if found else math.nan
    return number if number > 0 else math.nan


def network_of(lines: Iterable[Line], speeds_kmh: Mapping[str, float]) -> Drawing:
    """The network of lines; a road without a speed has that of its class, and lines join where they share a vertex."""
    kept, left_out = [], Counter()
    for line in lines:
        reason = _fault(line)
        left_out[reason] += bool(reason)
        if not reason:
            kept.append(line)
    if not kept:
        reasons = "、".join(f"{reason} {count}" for reason, count in left_out.items() if count)
        raise RoadFileError(_("文件里没有可用的道路（%(reasons)s）。") % {"reasons": reasons or _("没有线要素")})
    forward = [-1 if str(one.tags.get("oneway")) in ("-1", "reverse") else 1 for one in kept]
    points = [_distinct(one.points[::way]) for one, way in zip(kept, forward, strict=True)]
    parts, owner, nodes, start, end = _split(points)
    shares = _shares(parts, owner, len(kept))
    tags = [one.tags for one in kept]
    classes = [CLASS_OF[_word(one)] for one in tags]
    given = np.array([figure(one.get("maxspeed", one.get("speed_kmh"))) for one in tags])
    default = np.array([float(speeds_kmh[name]) for name in classes])
    lengths = np.array([_length(one) for one in tags])[owner] * shares
    columns = {
        "speed_kmh": np.where(np.isnan(given), default, given),
        "road_class": np.array([CLASSES.index(name) for name in classes]),
        "is_one_way": np.array([_is_one_way(one, name) for one, name in zip(tags, classes, strict=True)]),
        "max_height_m": np.array([figure(one.get("maxheight")) for one in tags]),
        "max_weight_t": np.array([figure(one.get("maxweight")) for one in tags]),
        "capacity": np.array([figure(one.get("capacity")) for one in tags]),
        "names": np.array([_name(one) for one in tags]),
        "allows_hazardous": np.array([str(one.get("hazmat", "")).lower() not in ("no", "false", "否") for one in tags]),
    }
    try:
        drawn = build(nodes=nodes, start=start, end=end, lines=parts, **{k: v[owner] for k, v in columns.items()})
        lengths = np.where(np.isnan(lengths), drawn.length_m, lengths)
        roads = build(
            nodes=nodes, start=start, end=end, lines=parts, length_m=lengths, **{k: v[owner] for k, v in columns.items()}
        )  # fmt: skip
    except RoadError as error:
        raise RoadFileError(str(error)) from error
    return Drawing(
        roads=roads, left_out={k: v for k, v in left_out.items() if v}, default_speeds=int(np.isnan(given)[owner].sum())
    )


def _name(tags: Mapping[str, Any]) -> str:
    """What people call a road: its number and its name, whichever there is.

    >>> _name({"ref": "G308", "name": "文石线"}), _name({"name": "柳园路"}), _name({})
    ('G308 文石线', '柳园路', '')
    """
    said = (str(tags.get(name) or "").strip() for name in ("ref", "name"))
    return " ".join(dict.fromkeys(filter(None, said)))[:60]


def _word(tags: Mapping[str, Any]) -> str:
    word = str(tags.get("highway") or tags.get("class") or tags.get("road_class") or "").strip()
    return word.lower().removesuffix("_link")


def _fault(line: Line) -> str:
    if _word(line.tags) not in CLASS_OF:
        return _("不是机动车道路")
    if len(line.points) < 2 or len(_distinct(line.points)) < 2:
        return _("不足两个不同的点")
    if not np.isfinite(line.points).all() or (np.abs(line.points) > [180, 90]).any():
        return _("坐标不是经纬度")
    return ""


def _distinct(points: np.ndarray) -> np.ndarray:
    """The vertices without those that repeat the one before."""
    moves = np.abs(np.diff(points, axis=0)).max(axis=1) >= _STEP
    return points[np.concatenate([[True], moves])]


def _split(points: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pieces between nodes, the line of each, the nodes, and the pieces' ends among them."""
    every = np.concatenate(points)
    line = np.repeat(np.arange(len(points)), [len(one) for one in points])
    last = np.cumsum([len(one) for one in points]) - 1
    first = np.concatenate([[0], last[:-1] + 1])
    _, vertex, count = np.unique(
        np.round(every / _STEP).astype(np.int64), axis=0, return_inverse=True, return_counts=True
    )
    vertex = vertex.ravel()
    is_node = count[vertex] > 1
    is_node[first] = is_node[last] = True
    at = np.flatnonzero(is_node)
    is_piece = line[at[:-1]] == line[at[1:]]
    begin, finish = at[:-1][is_piece], at[1:][is_piece]
    ids, where, number = np.unique(vertex[at], return_index=True, return_inverse=True)
    of_vertex = np.zeros(count.size, dtype=np.int64)
    of_vertex[vertex[at]] = number.ravel()
    pieces = [every[a : b + 1] for a, b in zip(begin, finish, strict=True)]
    return pieces, line[begin], every[at[where]], of_vertex[vertex[begin]], of_vertex[vertex[finish]]


def _shares(parts: list[np.ndarray], owner: np.ndarray, count: int) -> np.ndarray:
    """How much of its line each piece is."""
    length = np.array([np.hypot(*np.diff(part, axis=0).T).sum() for part in parts])
    return length / np.bincount(owner, weights=length, minlength=count)[owner]


def _length(tags: Mapping[str, Any]) -> float:
    metres, kilometres = figure(tags.get("length_m")), figure(tags.get("length_km"))
    return metres if not math.isnan(metres) else kilometres * 1000.0


def _is_one_way(tags: Mapping[str, Any], road_class: str) -> bool:
    said = str(tags.get("oneway", "")).lower()
    if said in ("no", "false", "0", "否"):
        return False
    return said in (*_YES, "-1", "reverse") or tags.get("junction") == "roundabout" or road_class == "motorway"
