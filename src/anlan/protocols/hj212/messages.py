"""HJ 212 messages: what a data segment (数据段) says, and data segments that say it.

``QN=..;ST=..;CN=..;PW=..;MN=..;Flag=..;[PNUM=..;PNO=..;]CP=&&...&&`` (HJ 212-2017 6.3.2). Inside CP groups
are parted by ``;`` and the fields of a group by ``,``; the text of a log stands between ``//``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple

from anlan.protocols.hj212.codes import SYSTEMS, VERSIONS, Command, command, factor
from anlan.protocols.hj212.frames import SEGMENT_LIMIT, Frame, HJ212Error, unwrap, wrap

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The standard's clock; a fixed offset, since reading a time-zone file would be I/O."""

Field = tuple[str, str]
Group = tuple[Field, ...]

_HEADER = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO")
_LONGEST = 64  # a header value; MN has at most 24 characters in the standard
_NOT_MEASURED = frozenset({"Flag", "EFlag", "SampleTime", "SN", "Info"})
_USUAL_HEADER = re.compile(
    r"(?:QN=(\d{1,64});)?ST=(\d\d);CN=(\d{4});PW=([!-:<-~]{0,64});MN=([!-:<-~]{0,64});(?:Flag=(\d{1,2});)?",
    re.ASCII,
)
_FIELD = re.compile(r"\s*([^=;,]+?)\s*=(\s*//.*?//\s*(?=[;,]|$)|[^;,]*)(?:[;,]|$)", re.DOTALL)
_LOG = re.compile(r"//(?:(?!//).)*//", re.DOTALL)
_FOREIGN = re.compile("[\u0100-\u036f\u0400-\u07ff]")
_RESERVED = re.compile(r"[;,=&\r\n]|^//")
_UNFIT_FOR_HEADER = re.compile(r"[^\x21-\x7e]|;")


class Observation(NamedTuple):
    """One measured number; a named tuple because a busy gateway makes millions of them."""

    factor: str
    """Code as sent: ``a21026``, ``011``, ``SB1``."""
    kind: str
    """``Rtd``, ``Min``, ``Avg``, ``Max``, ``Cou``, ``ZsRtd``, ``RS`` ..."""
    observed: datetime
    """SampleTime where sent, else DataTime."""
    value: float | None
    """None when the text is no finite number."""
    unit: str | None
    """The standard's unit for this factor and kind; None when it lists none."""
    flag: str
    """Data flag (数据标记), ``N`` normal; empty when not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One HJ 212 message, its header fields as the text they were sent as."""

    st: str
    """System code (系统编码)."""
    cn: str
    """Command code (命令编码)."""
    qn: str = ""
    """Request number (请求编码), yyyyMMddHHmmssfff."""
    pw: str = ""
    """Password (访问密码)."""
    mn: str = ""
    """Device identity (设备唯一标识)."""
    flag: str = ""
    """Version, split and answer bits (标志位) as a decimal number; empty in many frames of 2005."""
    pnum: str = ""
    """Number of packets (总包数)."""
    pno: str = ""
    """Number of this packet (包号), from 1."""
    groups: tuple[Group, ...] = ()
    """The command's parameters (指令参数) CP."""
    extra: Group = ()
    """Header fields that the standard does not know, kept."""
    blank: tuple[str, ...] = ()
    """Header fields that came without a value."""
    encoding: str = field(default="utf-8", compare=False)
    """What characters beyond ASCII are written in."""

    @property
    def version(self) -> int:
        """Version bits of Flag: 0 for 2005, 1 for 2017, 2 for 2025."""
        return int(self.flag or 0) >> 2

    @property
    def wants_acknowledgement(self) -> bool:
        """Whether the sender waits for an answer (Flag bit 0)."""
        return bool(int(self.flag or 0) & 1)

    @property
    def packet(self) -> tuple[int, int] | None:
        """Number of this packet and of all, for a message sent in parts (拆分包)."""
        return (int(self.pno), int(self.pnum)) if self.pno and self.pnum else None

    @property
    def sent(self) -> datetime | None:
        """Time in QN, None when it is no time."""
        try:
            return _moment("QN", self.qn)
        except HJ212Error:
            return None

    @property
    def command(self) -> Command | None:
        """What the standard says of CN; None for a code it does not list."""
        return command(self.cn, self.version)

    @property
    def is_upload(self) -> bool:
        """Whether this is data from the site rather than a request for it: both have the same CN."""
        known = self.command
        if known is None:
            return self.get("DataTime") is not None or any("-" in name for name, _ in self.fields())
        if known.flow in ("answer", "notice"):
            return False
        names = [name for name, _ in self.fields()]
        return known.flow == "upload" or any(
            name == mark or (mark[0] == "-" and name.endswith(mark)) for mark in known.marks for name in names
        )

    def fields(self) -> Iterator[Field]:
        """All names and values of CP, in order."""
        for group in self.groups:
            yield from group

    def get(self, name: str) -> str | None:
        """The first value of this name in CP.

        >>> decode(b"##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00").get("CN")
        '2051'
        """
        return next((value for field, value in self.fields() if field == name), None)

    def observations(self) -> tuple[Observation, ...]:
        """The numbers that a data message carries; HJ212Error names a time that cannot be read.

        >>> segment = b"ST=22;CN=2011;MN=1;CP=&&DataTime=20240501080000;a21026-Rtd=0.5,a21026-Flag=N&&"
        >>> decode(wrap(segment)).observations()[0][:2], decode(wrap(segment)).observations()[0].value
        (('a21026', 'Rtd'), 0.5)
        """
        known = self.command
        if known is not None and not known.measured:
            return ()
        found: list[Observation] = []
        for stamp, fields in self._stamped():
            flags: dict[str, str] = {}
            samples: dict[str, str] = {}
            numbers: list[tuple[str, str, str]] = []
            for name, value in fields:
                code, hyphen, kind = name.rpartition("-")
                if not hyphen:
                    continue
                if kind == "Flag":
                    flags[code] = value
                elif kind == "SampleTime":
                    samples[code] = value
                elif kind not in _NOT_MEASURED:
                    numbers.append((code, kind, value))
            if not numbers:
                continue
            stamp = stamp or self.get("DataTime") or ""
            shared = _moment("DataTime", stamp) if stamp else None
            for code, kind, text in numbers:
                observed = _moment(f"{code}-SampleTime", samples[code]) if samples.get(code) else shared
                if observed is None:
                    raise HJ212Error("缺少 DataTime：数据没有时间")
                flag = flags.get(code, "")
                found.append(Observation(code, kind, observed, number(text), unit_of(code, kind), flag))
        return tuple(found)

    def _stamped(self) -> Iterator[tuple[str, list[Field]]]:
        """The fields after each DataTime, with that DataTime."""
        stamp, fields = "", list[Field]()
        for group in self.groups:
            if group[0][0] == "DataTime":
                if fields:
                    yield stamp, fields
                stamp, fields = group[0][1], list(group[1:])
            else:
                fields += group
        yield stamp, fields


def number(text: str) -> float | None:
    """The finite number that a value says, or None.

    >>> number("2.69700"), number("-"), number("1e999"), number("1_0")
    (2.697, None, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and "_" not in text and text.isascii() else None


@lru_cache(maxsize=4096)
def unit_of(code: str, kind: str) -> str | None:
    """The standard's unit of a factor's value.

    >>> unit_of("w01018", "Cou"), unit_of("SB1", "RT"), unit_of("zzz", "Rtd")
    ('kg', 'h', None)
    """
    if kind == "RT":
        return "h"
    known = factor(code)
    return known.unit_of(kind) if known else None


def timestamp(moment: datetime) -> str:
    """A moment as QN writes it, in the standard's clock.

    >>> timestamp(datetime(2019, 8, 10, 16, 30, tzinfo=timezone.utc))
    '20190811003000000'
    """
    if moment.tzinfo is None:
        raise HJ212Error("QN 的时间没有时区")
    local = moment.astimezone(SHANGHAI)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"


def _moment(name: str, text: str) -> datetime:
    digits = text.strip()
    if digits.isascii() and digits.isdigit() and len(digits) in (14, 17):
        try:
            seconds = datetime.fromisoformat(f"{digits[:8]}T{digits[8:14]}")
            return seconds.replace(microsecond=int(digits[14:] or 0) * 1000, tzinfo=SHANGHAI)
        except ValueError:
            pass
    raise HJ212Error(f"{name}={text[:32]} 不是有效时间：应为 yyyyMMddHHmmss")


def decode(raw: bytes | Frame) -> Message:
    """The message in one packet, with or without CR LF; HJ212Error says which field is wrong.

    >>> decode(b"##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00\\r\\n").cn
    '9014'
    """
    return parse(raw.segment if isinstance(raw, Frame) else unwrap(raw))


def parse(segment: bytes) -> Message:
    """The message in a data segment.

    >>> parse(b"ST=32;CN=2011;PW=;MN=;CP=&&DataTime=20080731155849;011-Rtd=40.6,011-Flag=N&&").groups[1]
    (('011-Rtd', '40.6'), ('011-Flag', 'N'))
    """
    text, encoding = _text(segment)
    head, mark, parameters = text.partition("CP=&&")
    if not mark:
        raise HJ212Error("缺少 CP=&&...&&（指令参数）")
    parameters = parameters.rstrip("\r\n \x00;")
    if not parameters.endswith("&&"):
        raise HJ212Error("CP 缺少结尾的 &&")
    groups = _groups(parameters[:-2])
    if usual := _USUAL_HEADER.fullmatch(head):
        qn, st, cn, pw, mn, flag = usual.groups("")
        blank = () if pw and mn else tuple([name for name, value in (("PW", pw), ("MN", mn)) if not value])
        return Message(
            qn=qn, st=st, cn=cn, pw=pw, mn=mn, flag=flag, groups=groups, blank=blank, encoding=encoding
        )  # fmt: skip
    header = _header(head)
    blank = tuple([name for name, value in header.items() if not value])
    qn, st, cn, pw, mn, flag, pnum, pno = [header.pop(name, "") for name in _HEADER]
    _check_header(qn, st, cn, flag, pnum, pno)
    return Message(
        qn=qn,
        st=st,
        cn=cn,
        pw=pw,
        mn=mn,
        flag=flag,
        pnum=pnum,
        pno=pno,
        groups=groups,
        extra=tuple(header.items()),
        blank=blank,
        encoding=encoding,
    )


def _text(segment: bytes) -> tuple[str, str]:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = segment.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8" or not _is_foreign(text):
            return text, encoding
    try:
        return segment.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        raise HJ212Error("数据段编码无法识别：应为 ASCII，文字可用 UTF-8 或 GBK") from None


def _is_foreign(text: str) -> bool:
    """Whether text is of letters that only GBK read as UTF-8 brings here; Chinese itself takes three bytes there.

    >>> _is_foreign("校准".encode("gbk").decode("utf-8")), _is_foreign("μg/m³"), _is_foreign("校准Ж")
    (True, False, False)
    """
    return not text.isascii() and _FOREIGN.search(text) is not None and max(text) < "\u0800"


def _header(head: str) -> dict[str, str]:
    items = [item for item in head.replace(" ", "").split(";") if item]
    try:
        header = dict([item.split("=", 1) for item in items])
    except ValueError:
        wrong = next(item for item in items if "=" not in item)
        raise HJ212Error(f"{wrong[:32]!r} 不是 字段=值") from None
    if len(header) != len(items):
        raise HJ212Error("数据段中有重复的字段")
    if _UNFIT_FOR_HEADER.search("".join(items)):
        raise HJ212Error("CP 之前只能用可见的 ASCII 字符")
    for name, value in header.items():
        if len(value) > _LONGEST:
            raise HJ212Error(f"{name[:32]} 超过 {_LONGEST} 个字符")
    return header


def _check_header(qn: str, st: str, cn: str, flag: str, pnum: str, pno: str) -> None:
    if qn and not (qn.isascii() and qn.isdigit()):
        raise HJ212Error(f"QN={qn[:32]} 应为 17 位数字（yyyyMMddHHmmssfff）")
    if not (len(st) == 2 and st.isascii() and st.isdigit()):
        raise HJ212Error(f"ST={st} 应为 2 位数字（系统编码）" if st else "缺少 ST（系统编码）")
    if not (len(cn) == 4 and cn.isascii() and cn.isdigit()):
        raise HJ212Error(f"CN={cn} 应为 4 位数字（命令编码）" if cn else "缺少 CN（命令编码）")
    if flag and not (len(flag) <= 3 and flag.isascii() and flag.isdigit() and int(flag) < 256):
        raise HJ212Error(f"Flag={flag} 应为 0 到 255 的整数")
    if not pnum and not pno:
        return
    for name, value in (("PNUM", pnum), ("PNO", pno)):
        if not (len(value) <= 4 and value.isascii() and value.isdigit() and int(value) > 0):
            raise HJ212Error(f"{name}={value} 应为 1 到 9999 的整数" if value else f"缺少 {name}")
    if int(pno) > int(pnum):
        raise HJ212Error(f"PNO={pno} 大于 PNUM={pnum}")


def _groups(text: str) -> tuple[Group, ...]:
    if not text:
        return ()
    if "//" not in text and " " not in text:
        try:
            return tuple(
                [
                    tuple([(name, value) for name, value in [f.split("=", 1) for f in group.split(",")]])
                    for group in text.split(";")
                ]
            )
        except ValueError:
            pass
    return _groups_carefully(text)


def _groups_carefully(text: str) -> tuple[Group, ...]:
    """Groups of a CP that has logs, blanks or empty fields; a field without ``=`` is an error."""
    groups: list[Group] = []
    fields: list[Field] = []
    position = 0
    while position < len(text):
        if text[position] in ";, \r\n\t":
            if text[position] == ";" and fields:
                groups.append(tuple(fields))
                fields = []
            position += 1
            continue
        match = _FIELD.match(text, position)
        if not match:
            raise HJ212Error(f"CP 中 {re.split('[;,]', text[position:], maxsplit=1)[0][:32]!r} 不是 字段=值")
        fields.append((match[1], match[2].strip()))
        position = match.end()
        if match[0].endswith(";"):
            groups.append(tuple(fields))
            fields = []
    if fields:
        groups.append(tuple(fields))
    return tuple(groups)


def encode(message: Message, *, limit: int = SEGMENT_LIMIT) -> bytes:
    """The packet that carries a message; HJ212Error when a field cannot be written or it is too long.

    >>> encode(Message(st="91", cn="9014", groups=((("QN", "20040516010101001"),), (("CN", "2051"),))))
    b'##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00\\r\\n'
    """
    return wrap(segment_of(message), limit=limit)


def segment_of(message: Message) -> bytes:
    """The data segment that says a message."""
    _check_header(message.qn, message.st, message.cn, message.flag, message.pnum, message.pno)
    header = _header_fields(message)
    for name, value in header:
        unfit = not name or "=" in name or _UNFIT_FOR_HEADER.search(name + value)
        if unfit or len(value) > _LONGEST:
            raise HJ212Error(f"{name[:32]}={value[:32]!r} 不能写入数据段：只能用可见的 ASCII，不含 ;")
    for group in message.groups:
        if not group:
            raise HJ212Error("CP 中有空的一组")
        for name, value in group:
            _check_parameter(name, value)
    head = ";".join(f"{name}={value}" for name, value in header)
    if len({name for name, _ in header}) != len(header) or "CP=&&" in head:
        raise HJ212Error("数据段中有重复或保留的字段")
    parameters = ";".join(",".join(f"{name}={value}" for name, value in group) for group in message.groups)
    text = f"{head};CP=&&{parameters}&&"
    for encoding in (message.encoding, "utf-8", "gb18030"):
        try:
            segment = text.encode(encoding)
        except UnicodeEncodeError as error:
            raise HJ212Error("CP 含有不能写成 UTF-8 的字符") from error
        if segment.isascii() or _text(segment)[0] == text:
            return segment
    raise HJ212Error("CP 的文字写出后会被读成别的文字")


def _header_fields(message: Message) -> list[Field]:
    fields = (
        ("QN", message.qn),
        ("ST", message.st),
        ("CN", message.cn),
        ("PW", message.pw),
        ("MN", message.mn),
        ("Flag", message.flag),
        ("PNUM", message.pnum),
        ("PNO", message.pno),
        *message.extra,
    )
    return [(name, value) for name, value in fields if value or name in message.blank]


def _check_parameter(name: str, value: str) -> None:
    is_log = _LOG.fullmatch(value) and "\r\n##" not in value
    if not name or name != name.strip() or value != value.strip():
        raise HJ212Error(f"CP 的 {name[:32]}={value[:32]!r} 首尾有空白或没有名称")
    if _RESERVED.search(name) or (_RESERVED.search(value) and not is_log):
        raise HJ212Error(f"CP 的 {name[:32]}={value[:32]!r} 含有保留字符 ; , = & 或换行")


def as_json(message: Message) -> dict[str, Any]:
    """The message under the standard's own names, with values, names, units and flags by factor.

    >>> segment = b"ST=22;CN=2011;MN=1;CP=&&DataTime=20240501080000;a21026-Rtd=0.50,a21026-Flag=N&&"
    >>> as_json(parse(segment))["values"], as_json(parse(segment))["units"]
    ({'a21026-Rtd': 0.5}, {'a21026-Rtd': 'mg/m³'})
    """
    values: dict[str, float] = {}
    units: dict[str, str] = {}
    names: dict[str, str] = {}
    flags: dict[str, str] = {}
    for name, text in message.fields():
        code, hyphen, kind = name.rpartition("-")
        if not hyphen:
            continue
        if (known := factor(code)) is not None:
            names[code] = known.name
        if kind == "Flag":
            flags[code] = text
        elif kind not in _NOT_MEASURED and (value := number(text)) is not None:
            values[name] = value
            if (unit := unit_of(code, kind)) is not None:
                units[name] = unit
    known_command = message.command
    return {
        **dict(_header_fields(message)),
        "CP": [dict(group) for group in message.groups],
        "values": values,
        "flags": flags,
        "names": names,
        "units": units,
        "standard": VERSIONS.get(message.version),
        "system": SYSTEMS.get(message.st),
        "command": known_command and (known_command.upload if message.is_upload else known_command.name),
    }
