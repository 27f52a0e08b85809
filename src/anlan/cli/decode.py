"""`anlan decode`: read frames of a protocol, one a line, and print what they say."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from io import TextIOWrapper

from anlan.cli.grouping import GROUPINGS, dumps
from anlan.protocols.decoding import DECODERS, STREAMED, decoder, frames_in

HELP = "read frames, one a line, and print one JSON object a line"
_HEAD = 1 << 16
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_BETWEEN = re.compile(r"0[xX]|[\s,:;-]+")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_ESCAPE = re.compile(rb"\\(r|n|t|\\|x[0-9A-Fa-f]{2})")
_ESCAPED = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The protocol, and files to read instead of standard input."""
    parser.add_argument("protocol", choices=sorted(DECODERS), metavar="PROTOCOL", help=", ".join(sorted(DECODERS)))
    parser.add_argument("files", nargs="*", help="files with frames; standard input when none is given")


def run(options: argparse.Namespace) -> int:
    """Print a line for every frame; one that cannot be read gives {"error": ...}."""
    decode = decoder(options.protocol)
    if not options.files:
        _print(_read_lines(options.protocol, decode, sys.stdin.buffer), is_live=True)
    for name in options.files:
        with open(name, "rb", buffering=_HEAD) as file:
            head = file.peek()
            if head.startswith(_WIDE):
                file = TextIOWrapper(file, "utf-16", "replace")
                lines = _read_lines(options.protocol, decode, (line.encode() for line in file))
            elif b"\0" in head and options.protocol in STREAMED:
                lines = _read_capture(options.protocol, decode, file.read())
            else:
                lines = _read_lines(options.protocol, decode, file)
            _print(lines)
    return 0


def _print(answers: Iterable[dict], *, is_live: bool = False) -> None:
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False, default=str), flush=is_live)


def _read_lines(protocol: str, decode: Callable[[bytes], dict], file: Iterable[bytes]) -> Iterator[dict]:
    for line in GROUPINGS.get(protocol, _lines_alone)(_texts(file)):
        yield from _answers(protocol, decode, line)


def _read_capture(protocol: str, decode: Callable[[bytes], dict], raw: bytes) -> Iterator[dict]:
    """Frames of a file that holds their bytes as they came, which zero bytes tell from text."""
    for part, reason in frames_in(protocol, raw):
        yield {"error": reason} if reason else _answer(decode, part)


def _texts(file: Iterable[bytes]) -> Iterator[str]:
    for line in file:
        yield line.decode("utf-8", "surrogateescape").strip("\ufeff \t\r\n")


def _lines_alone(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in dumps(lines) if line)


def _answers(protocol: str, decode: Callable[[bytes], dict], line: str) -> list[dict]:
    """What the line says; of a capture with several frames in one line, what each of them says."""
    try:
        raw = frame_of(line)
    except ValueError as error:
        return [{"error": str(error)}]
    alone = _answer(decode, raw)
    found = list(_read_capture(protocol, decode, raw)) if "error" in alone and protocol in STREAMED else []
    return found if sum("error" not in one for one in found) > 1 else [alone]


def _answer(decode: Callable[[bytes], dict], raw: bytes) -> dict:
    try:
        return decode(raw)
    except ValueError as error:
        return {"error": str(error)}


def frame_of(line: str) -> bytes:
    r"""The bytes that a line stands for: hexadecimal digits as tools print them, or text with \r, \n and \xNN.

    Modbus ASCII starts with a colon and is text.

    >>> frame_of("7e7e 05"), frame_of("0x7E, 0x7e:05"), frame_of(r"##0000\r\n")
    (b'~~\x05', b'~~\x05', b'##0000\r\n')
    """
    digits = line if line.startswith(":") else _BETWEEN.sub("", line.strip("\"'"))
    if _HEXADECIMAL.fullmatch(digits):
        if len(digits) % 2:
            raise ValueError(f"十六进制数字有 {len(digits)} 个，应为偶数个：每个字节写两位")
        return bytes.fromhex(digits)
    text = line.encode("utf-8", "surrogateescape")
    return _ESCAPE.sub(
        lambda match: bytes.fromhex(match[1][1:].decode()) if match[1][:1] == b"x" else _ESCAPED[match[1]], text
    )
