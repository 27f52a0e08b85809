"""The language of $filter and $orderby (clause 9.3.3.5): text to a tree and back, of bounded size and depth."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from anlan.protocols.sensorthings import times
from anlan.protocols.sensorthings.codes import BINDING, COMPARISONS, FUNCTIONS, SensorThingsError
from anlan.protocols.sensorthings.times import Interval

#: Characters of an expression, parts of it, and how deep it may nest.
LENGTH, TOKENS, DEPTH = 4_000, 200, 30


@dataclass(frozen=True, slots=True)
class Geometry:
    """A shape as well-known text, longitude first."""

    wkt: str


Value = str | int | float | bool | None | datetime | date | time | timedelta | Interval | Geometry


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written out."""

    value: Value


@dataclass(frozen=True, slots=True)
class Path:
    """A property, of the entity itself or of one that relations lead to."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its values."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` or `-` before something."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two things with an operator between them."""

    operator: str
    left: "Expression"
    right: "Expression"


Expression = Literal | Path | Call | Unary | Binary


@dataclass(frozen=True, slots=True)
class Order:
    """By what rows are sorted."""

    by: Expression
    is_descending: bool = False


_NAME = r"[^\W\d]\w*|@iot\.\w+"
_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<shape>geo(?:graphy|metry)'(?:[^']|'')*')
  | (?P<length>duration'(?:[^']|'')*')
  | (?P<period>{_STAMP}/{_STAMP})
  | (?P<instant>{_STAMP})
  | (?P<date>\d{{4}}-\d\d-\d\d)
  | (?P<time>\d\d:\d\d(?::\d\d(?:\.\d{{1,6}})?)?)
  | (?P<number>-?(?:\d+\.\d+|\d+)(?:[eE][+-]?\d+)?)
  | (?P<text>'(?:[^']|'')*')
  | (?P<name>(?:geo\.\w+)|(?:{_NAME})(?:/(?:{_NAME}))*)
  | (?P<mark>[(),-])
    """,
    re.VERBOSE,
)
_WKT = re.compile(
    r"\s*(?:SRID=4326;)?\s*(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON)\s*\(([-+.,()\deE\s]+)\)\s*",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int


def _tokens(text: str) -> list[_Token]:
    if len(text) > LENGTH:
        raise SensorThingsError(f"表达式超过 {LENGTH} 个字符", "too-long")
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise SensorThingsError(f"第 {place + 1} 个字符起不能理解：{text[place : place + 20]!r}", "syntax")
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(_Token(kind, match[0], place))
        place = match.end()
    if len(found) > TOKENS:
        raise SensorThingsError(f"表达式超过 {TOKENS} 个部分", "too-long")
    return found


def shape(text: str) -> Geometry:
    """A shape in well-known text; others than points, lines, polygons and several of them are refused.

    >>> shape("POINT (116 36.5)").wkt
    'POINT (116 36.5)'
    """
    match = _WKT.fullmatch(text)
    depth = deepest = 0
    for character in match[2] if match else "":
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)
        if depth < 0:
            break
    if match is None or depth or deepest > 3:
        raise SensorThingsError(f"几何 {text[:40]!r} 应写成 WKT，例如 geography'POINT (115.98 36.45)'", "geometry")
    return Geometry(f"{match[1].upper()} ({match[2]})")


def _unquoted(text: str) -> str:
    return text[text.index("'") + 1 : -1].replace("''", "'")


def _literal(token: _Token) -> Literal:
    kind, text = token.kind, token.text
    try:
        if kind == "text":
            return Literal(_unquoted(text))
        if kind == "shape":
            return Literal(shape(_unquoted(text)))
        if kind == "length":
            return Literal(times.duration(_unquoted(text)))
        if kind == "period":
            return Literal(times.interval(text))
        if kind == "instant":
            return Literal(times.instant(text))
        if kind == "date":
            return Literal(date.fromisoformat(text))
        if kind == "time":
            return Literal(time.fromisoformat(text))
        number = float(text) if re.search(r"[.eE]", text) else int(text)
    except SensorThingsError:
        raise
    except ValueError:
        raise SensorThingsError(f"没有 {text[:40]!r} 这样的值", "syntax") from None
    if not math.isfinite(number) or abs(number) > 1e300:
        raise SensorThingsError(f"数 {text[:40]!r} 太大", "syntax")
    return Literal(number)


class _Parser:
    """Reads tokens from left to right, the tighter operators first."""

    def __init__(self, text: str) -> None:
        self.tokens, self.place, self.depth = _tokens(text), 0, 0

    def peek(self) -> str:
        return self.tokens[self.place].text if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> _Token:
        if self.place >= len(self.tokens):
            raise SensorThingsError(f"表达式没有写完{f'，缺少 {wanted!r}' if wanted else ''}", "syntax")
        token = self.tokens[self.place]
        if wanted and token.text != wanted:
            raise SensorThingsError(f"第 {token.place + 1} 个字符处应为 {wanted!r}，却是 {token.text[:20]!r}", "syntax")
        self.place += 1
        return token

    def expression(self, binding: int = 1) -> Expression:
        self.depth += 1
        if self.depth > DEPTH:
            raise SensorThingsError(f"表达式嵌套超过 {DEPTH} 层", "too-deep")
        left = self.operand()
        while (tightness := BINDING.get(self.peek(), 0)) >= binding:
            operator = self.take().text
            left = Binary(operator, left, self.expression(tightness + 1))
        self.depth -= 1
        return left

    def operand(self) -> Expression:
        token = self.take()
        if token.text == "(":
            inner = self.expression()
            self.take(")")
            return inner
        if token.text in ("not", "-"):
            return Unary(token.text, self.expression(6))
        if token.kind not in ("name", "mark"):
            return _literal(token)
        if token.kind == "mark" or token.text in BINDING:
            raise SensorThingsError(f"第 {token.place + 1} 个字符处不应有 {token.text!r}", "syntax")
        if self.peek() == "(":
            return self.call(token)
        if token.text in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[token.text])
        if token.text.startswith("geo."):
            raise SensorThingsError(f"{token.text} 后面要写括号", "syntax")
        return Path(tuple(token.text.split("/")))

    def call(self, token: _Token) -> Call:
        bounds = FUNCTIONS.get(token.text)
        if bounds is None:
            raise SensorThingsError(f"没有函数 {token.text[:40]!r}；可用：{'、'.join(sorted(FUNCTIONS))}", "syntax")
        self.take("(")
        arguments: list[Expression] = []
        while self.peek() != ")":
            arguments.append(self.expression())
            if self.peek() != ")":
                self.take(",")
                if self.peek() == ")":
                    raise SensorThingsError(f"{token.text}() 的逗号后面没有值", "syntax")
        self.take(")")
        if not bounds[0] <= len(arguments) <= bounds[1]:
            raise SensorThingsError(f"{token.text}() 应有 {bounds[0]} 个值，写了 {len(arguments)} 个", "syntax")
        return Call(token.text, tuple(arguments))


def parse(text: str) -> Expression:
    """The tree of a $filter.

    >>> parse("result gt 30 and not startswith(Datastream/name,'雨')").operator
    'and'
    """
    parser = _Parser(text)
    found = parser.expression()
    if parser.place < len(parser.tokens):
        token = parser.tokens[parser.place]
        raise SensorThingsError(f"第 {token.place + 1} 个字符处多出 {token.text[:20]!r}", "syntax")
    return found


def parse_orders(text: str) -> tuple[Order, ...]:
    """What an $orderby sorts by.

    >>> parse_orders("phenomenonTime desc,result")[0].is_descending
    True
    """
    parser, found = _Parser(text), []
    while True:
        by = parser.expression()
        is_descending = parser.peek() == "desc"
        if parser.peek() in ("asc", "desc"):
            parser.take()
        found.append(Order(by, is_descending))
        if parser.place >= len(parser.tokens):
            return tuple(found)
        parser.take(",")


def write(expression: Expression) -> str:
    """The text of a tree; reading it gives the same tree.

    >>> write(parse("a  eq 1 or(b lt 2 and c)"))
    'a eq 1 or b lt 2 and c'
    """
    if isinstance(expression, Literal):
        return _written_value(expression.value)
    if isinstance(expression, Path):
        return "/".join(expression.parts)
    if isinstance(expression, Call):
        return f"{expression.name}({','.join(map(write, expression.arguments))})"
    if isinstance(expression, Unary):
        return f"{expression.operator} ({write(expression.operand)})"
    binding = BINDING[expression.operator]
    left, right = (_within(side, binding + bump) for side, bump in ((expression.left, 0), (expression.right, 1)))
    return f"{left} {expression.operator} {right}"


def _within(expression: Expression, binding: int) -> str:
    text = write(expression)
    is_looser = isinstance(expression, Binary) and BINDING[expression.operator] < binding
    return f"({text})" if is_looser else text


def _written_value(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, Geometry):
        return f"geography'{value.wkt}'"
    if isinstance(value, timedelta):
        return f"duration'{times.written(value)}'"
    if isinstance(value, datetime | Interval):
        return times.written(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value)


def paths(expression: Expression) -> list[Path]:
    """Every property that an expression asks for.

    >>> [one.parts for one in paths(parse("a/b eq c"))]
    [('a', 'b'), ('c',)]
    """
    if isinstance(expression, Path):
        return [expression]
    if isinstance(expression, Call):
        return [path for one in expression.arguments for path in paths(one)]
    if isinstance(expression, Unary):
        return paths(expression.operand)
    if isinstance(expression, Binary):
        return paths(expression.left) + paths(expression.right)
    return []


def binaries(expression: Expression) -> list[Binary]:
    """Every operator between two things that an expression holds.

    >>> [one.operator for one in binaries(parse("not (a eq 1) or concat(b lt 2, 3)"))]
    ['or', 'eq', 'lt']
    """
    if isinstance(expression, Call):
        return [found for one in expression.arguments for found in binaries(one)]
    if isinstance(expression, Unary):
        return binaries(expression.operand)
    if isinstance(expression, Binary):
        return [expression, *binaries(expression.left), *binaries(expression.right)]
    return []


def conjuncts(expression: Expression | None) -> list[Expression]:
    """The parts of an expression that must all hold.

    >>> len(conjuncts(parse("a and b and (c or d)")))
    3
    """
    if expression is None:
        return []
    if isinstance(expression, Binary) and expression.operator == "and":
        return conjuncts(expression.left) + conjuncts(expression.right)
    return [expression]


def comparison(expression: Expression) -> tuple[str, str, Value] | None:
    """(property, operator, value) of a plain comparison, turned so that the property stands first; else None.

    >>> comparison(parse("5 lt result"))
    ('result', 'gt', 5)
    """
    if not isinstance(expression, Binary) or expression.operator not in COMPARISONS:
        return None
    left, operator, right = expression.left, expression.operator, expression.right
    if isinstance(right, Path):
        left, right = right, left
        operator = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}.get(operator, operator)
    if isinstance(left, Path) and isinstance(right, Literal) and len(left.parts) == 1:
        return left.parts[0], operator, right.value
    return None
