"""Lines of a file that belong together: documents, JSON values and SIP messages may take many lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

LIMIT = 8_000_000
"""Characters of one thing at most; what is longer is handed out as it is."""
_DECLARATION = re.compile(r"<\?xml\s")
_ROOT = re.compile(r"(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<([A-Za-z_][\w.:-]*)")
_SIP = re.compile(r"(?:[A-Z]+ \S+ SIP/2\.0|SIP/2\.0 \d{3}(?: [^\\]*)?)")
_SIP_TYPE = re.compile(r"(?:content-type|c)\s*:", re.IGNORECASE)
_SIP_LENGTH = re.compile(r"(?:content-length|l)\s*:", re.IGNORECASE)
_COMMAND_END = re.compile(r".*</(?:Control|Query|Notify|Response)>")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')

_DUMP = re.compile(r"(?:0x)?([0-9A-Fa-f]{4,8})(?::\s+|\s{2,})((?:[0-9A-Fa-f]{2}){1,8}(?:\s.*)?)")
_EIGHT = re.compile(r"[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){0,7}")


class _Documents:
    """Lines, those of one XML document together: from its declaration or root element to the end of the root."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.size, self.root = 0, ""

    def add(self, line: str) -> Iterator[str]:
        is_next = _DECLARATION.match(line) or (self.root and re.match(f"<{re.escape(self.root)}[ >]", line))
        if self.held and (is_next or self.size > LIMIT):
            yield from self.rest()
        if not self.held and not line.startswith("<"):
            yield line
            return
        self.held.append(line)
        self.size += len(line)
        is_empty = False
        if not self.root and (begun := _ROOT.match(line)):
            self.root = begun[1]
            is_empty = line.endswith("/>") and "<" not in line[begun.end() :]
        if is_empty or (self.root and f"</{self.root}>" in line):
            yield from self.rest()

    def rest(self) -> Iterator[str]:
        if self.held:
            yield "\n".join(self.held)
        self.held, self.size, self.root = [], 0, ""


def documents(lines: Iterable[str]) -> Iterator[str]:
    """XML documents, each whole; other lines one by one."""
    found = _Documents()
    for line in lines:
        if line:
            yield from found.add(line)
    yield from found.rest()


def values(lines: Iterable[str]) -> Iterator[str]:
    """JSON objects and arrays, each whole; other lines one by one.

    >>> list(values(['{"a": [', '"}"', "]}", "[1]", "x"]))
    ['{"a": [\\n"}"\\n]}', '[1]', 'x']
    """
    held: list[str] = []
    depth = size = 0
    for line in lines:
        if not held and not line.startswith(("{", "[")):
            if line:
                yield line
            continue
        held.append(line)
        size += len(line)
        bare = _STRINGS.sub("", line)
        depth += bare.count("{") + bare.count("[") - bare.count("}") - bare.count("]")
        if depth <= 0 or size > LIMIT:
            yield "\n".join(held)
            held, depth, size = [], 0, 0
    if held:
        yield "\n".join(held)


def messages(lines: Iterable[str]) -> Iterator[str]:
    """SIP messages as logs print them, each whole, and XML documents; other lines one by one.

    What a log's line ends were on the wire is not known, so a declared length is left out: the body ends where the next
    message starts, its XML closes, or the file ends.

    >>> list(messages(["BYE sip:1@2 SIP/2.0", "CSeq: 1 BYE", "l: 0", "", "<a>", "</a>", "A5"]))
    ['BYE sip:1@2 SIP/2.0\\r\\nCSeq: 1 BYE\\r\\n\\r\\n', '<a>\\n</a>', 'A5']
    """
    found, held = _Documents(), list[str]()
    is_head = has_body = False
    size = 0

    def whole() -> Iterator[str]:
        if held:
            yield "\r\n".join([*held, "", ""] if is_head else [*held, ""])
            held.clear()

    for line in lines:
        if _SIP.fullmatch(line):
            yield from found.rest()
            yield from whole()
            held.append(line)
            is_head, has_body, size = True, False, 0
        elif not held:
            if line:
                yield from found.add(line)
        elif is_head and not _SIP_LENGTH.match(line):
            has_body = has_body or _SIP_TYPE.match(line) is not None
            is_head = bool(line)
            held.append(line)
            if not line and not has_body:
                yield from whole()
        elif not is_head:
            held.append(line)
            size += len(line)
            if _COMMAND_END.fullmatch(line) or size > LIMIT:
                yield from whole()
    yield from found.rest()
    yield from whole()


def dumps(lines: Iterable[str]) -> Iterator[str]:
    """Dumps of bytes, as xxd, hexdump -C and Wireshark print them, each as its digits; other lines as they are.

    >>> list(dumps(["00000000: 7e00 0200  ~...", "00000004: 7e        ~", "0000  7e 7e", "0001 02"]))
    ['7e0002007e', '7e7e', '0001 02']
    """
    held = ""
    for line in lines:
        if held and line.lower() == f"{len(held) // 2:08x}":
            continue
        found = _DUMP.fullmatch(line)
        offset = int(found[1], 16) if found else -1
        if held and offset != len(held) // 2:
            yield held
            held = ""
        if found and offset == len(held) // 2:
            held += _digits(found[2])
        else:
            yield line
    if held:
        yield held


def _digits(columns: str) -> str:
    """Digits of a dump's line without the characters that stand behind them."""
    first, *more = re.split(r"\s{2,}", columns.strip())
    is_parted = len(first) == len("00 00 00 00 00 00 00 00") and more and _EIGHT.fullmatch(more[0])
    return re.sub(r"\s", "", first + more[0] if is_parted else first)


GROUPINGS: dict[str, Callable[[Iterable[str]], Iterator[str]]] = {
    "cap": documents, "edxl": documents, "gb28181": messages, "sensorthings": values,
}  # fmt: skip
"""How the lines of a protocol belong together; a line is one frame where nothing else is said."""
