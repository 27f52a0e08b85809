"""What goes back and forth: answers, requests of the upper side, messages sent in several packets."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from anlan.protocols.hj212.codes import PARAMETERS, Command, command
from anlan.protocols.hj212.frames import SEGMENT_LIMIT, HJ212Error
from anlan.protocols.hj212.messages import Field, Group, Message, encode, segment_of, timestamp

_SPLIT_BIT = 2  # Flag bit 1: PNUM and PNO are present


def acknowledge(message: Message, *, result: int = 1) -> bytes | None:
    """The answer that the sender waits for, or None when it waits for none.

    Data is answered with 9014, a notice with 9013, a request with 9011 and ``QnRtn=result``
    (HJ 212-2017 6.4, annex C). Data with another result than 1 is not answered, so that it is sent again.

    >>> from anlan.protocols.hj212.messages import parse
    >>> upload = parse(b"QN=20160801085857223;ST=32;CN=2011;PW=1;MN=2;Flag=5;CP=&&DataTime=20160801085857&&")
    >>> acknowledge(upload)
    b'##0059QN=20160801085857223;ST=91;CN=9014;PW=1;MN=2;Flag=4;CP=&&&&B981\\r\\n'
    """
    known = message.command
    if not message.wants_acknowledgement or (known is not None and known.flow == "answer"):
        return None
    if known is not None and known.flow == "notice":
        return _answer(message, "9013")
    if message.is_upload:
        return _answer(message, "9014") if result == 1 else None
    return _answer(message, "9011", ("QnRtn", str(result)))


def report_execution(message: Message, *, result: int = 1) -> bytes:
    """The 9012 by which a site says what became of a request.

    >>> from anlan.protocols.hj212.messages import parse
    >>> report_execution(parse(b"QN=20160801085857223;ST=32;CN=3012;PW=1;MN=2;Flag=5;CP=&&PolId=w01018&&"))
    b'##0067QN=20160801085857223;ST=91;CN=9012;PW=1;MN=2;Flag=4;CP=&&ExeRtn=1&&35C0\\r\\n'
    """
    return _answer(message, "9012", ("ExeRtn", str(result)))


def _answer(message: Message, code: str, *fields: Field) -> bytes:
    answer = Message(
        qn=message.qn,
        st="91",
        cn=code,
        pw=message.pw,
        mn=message.mn,
        flag=str(message.version << 2),
        groups=tuple((field,) for field in fields),
    )
    if message.version == 0 and message.qn:  # 2005 writes the number of the request into CP
        answered: tuple[Group, ...] = ((("CN", message.cn),),) if code == "9014" else ()
        answer = replace(answer, qn="", groups=((("QN", message.qn),), *answer.groups, *answered))
    return encode(answer)


def request(code: str, *, st: str, mn: str, pw: str, qn: datetime, flag: int = 5, **parameters: str | int) -> bytes:
    """The packet by which the upper side (上位机) sets, reads or controls; names as in the standard.

    A hyphen in a name is given as an underscore: ``i13004_Info="168.0"``.

    >>> moment = datetime.fromisoformat("2016-08-01T08:58:57.223+08:00")
    >>> request("1062", st="32", mn="010000A8900016F000169DC0", pw="100000", qn=moment, RtdInterval=30)[-35:]
    b';Flag=5;CP=&&RtdInterval=30&&1C80\\r\\n'
    """
    known = command(code, flag >> 2)
    if known is None or known.flow in ("answer", "upload"):
        raise HJ212Error(f"CN={code} 不是上位机的命令")
    given = {name.replace("_", "-"): str(value) for name, value in parameters.items()}
    _check_parameters(known, given)
    groups = tuple(((name, value),) for name, value in given.items())
    return encode(Message(qn=timestamp(qn), st=st, cn=code, pw=pw, mn=mn, flag=str(flag), groups=groups))


def _check_parameters(known: Command, given: dict[str, str]) -> None:
    allowed = {parameter.rstrip("?"): not parameter.endswith("?") for parameter in known.parameters}
    missing = {name for name, is_needed in allowed.items() if is_needed}
    where = f"CN={known.code}（{known.name}）"
    for name, value in given.items():
        field = name if name in allowed else "-" + name.rpartition("-")[2]
        if field not in allowed:
            raise HJ212Error(f"{where}没有参数 {name}：可用 {'、'.join(allowed) or '无'}")
        missing.discard(field)
        title, pattern = PARAMETERS.get(field, ("", ""))
        if pattern and not re.fullmatch(pattern, value, re.ASCII):
            raise HJ212Error(f"{where}的 {name}={value[:32]} 不合格式：{title}")
    if missing:
        raise HJ212Error(f"{where}缺少参数 {'、'.join(sorted(missing))}")


def split(message: Message, *, limit: int = SEGMENT_LIMIT) -> tuple[Message, ...]:
    """The message in as many packets (拆分包) as the limit asks for; each repeats a leading DataTime.

    >>> parts = split(Message(st="21", cn="2011", flag="5", groups=((("w01018-Rtd", "1.5"),),) * 90))
    >>> [(part.flag, part.pno, part.pnum) for part in parts]
    [('7', '1', '2'), ('7', '2', '2')]
    """
    if len(segment_of(message)) <= limit:
        return (message,)
    leading = message.groups[:1] if _starts_with_time(message) else ()
    flag = str(int(message.flag or 0) | _SPLIT_BIT)
    base = len(segment_of(replace(message, flag=flag, pnum="9999", pno="9999", groups=leading)))
    parts: list[tuple[Group, ...]] = []
    part, size = leading, base
    for group in message.groups[len(leading) :]:
        added = len(",".join(f"{name}={value}" for name, value in group).encode()) + 1
        if base + added > limit:
            raise HJ212Error(f"CP 中一组数据有 {added} 字节，{limit} 字节的包放不下")
        if size + added > limit:
            parts.append(part)
            part, size = leading, base
        part += (group,)
        size += added
    parts.append(part)
    return tuple(
        replace(message, flag=flag, pnum=str(len(parts)), pno=str(index), groups=groups)
        for index, groups in enumerate(parts, 1)
    )


class Reassembler:
    """Whole messages from packets sent in parts; what never becomes whole is handed out part by part.

    >>> whole = Message(st="21", cn="2011", mn="A", flag="4", groups=((("w01018-Rtd", "1.5"),),) * 90)
    >>> reassembler = Reassembler()
    >>> [reassembler.add(part) for part in split(whole)] == [[], [whole]]
    True
    """

    def __init__(self, *, packets: int = 64, pending: int = 16) -> None:
        self._packets = packets
        self._pending = pending
        self._sets: dict[tuple[str, ...], dict[int, Message]] = {}

    def add(self, message: Message) -> list[Message]:
        """The message that this packet completes, or the parts of one given up because too many wait."""
        if message.packet is None or message.packet[1] > self._packets:
            return [message]
        index, total = message.packet
        key = (message.mn, message.qn, message.st, message.cn, message.pnum)
        parts = self._sets.setdefault(key, {})
        parts[index] = message
        if len(parts) == total:
            del self._sets[key]
            return [_join([parts[number] for number in sorted(parts)])]
        if len(self._sets) > self._pending:
            return list(self._sets.pop(next(iter(self._sets))).values())
        return []

    def close(self) -> list[Message]:
        """The parts that still wait for others, when the stream ends."""
        rest = [part for parts in self._sets.values() for part in parts.values()]
        self._sets.clear()
        return rest


def _join(parts: list[Message]) -> Message:
    first = parts[0]
    groups = list(first.groups)
    for part in parts[1:]:
        is_repeated = _starts_with_time(part) and part.groups[:1] == first.groups[:1]
        groups += part.groups[1:] if is_repeated else part.groups
    flag = first.flag and str(int(first.flag) & ~_SPLIT_BIT)
    return replace(first, flag=flag, pnum="", pno="", groups=tuple(groups))


def _starts_with_time(message: Message) -> bool:
    return bool(message.groups) and message.groups[0][0][0] == "DataTime"
