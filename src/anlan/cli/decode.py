"""`anlan decode`: read frames of a protocol, one a line, and print what they say."""

import argparse
import json
import re
import sys
from collections.abc import Iterable

from anlan.protocols.decoding import DECODERS, decoder

HELP = "read frames, one a line, and print one JSON object a line"
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}\s*)+\Z")
_ESCAPE = re.compile(r"\\(r|n|t|\\|x[0-9A-Fa-f]{2})")
_ESCAPED = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The protocol, and files to read instead of standard input."""
    parser.add_argument("protocol", choices=sorted(DECODERS), metavar="PROTOCOL", help=", ".join(sorted(DECODERS)))
    parser.add_argument("files", nargs="*", help="files with frames; standard input when none is given")


def run(options: argparse.Namespace) -> int:
    """Print a line for every line; a frame that cannot be read gives {"error": ...}."""
    decode = decoder(options.protocol)
    for line in _lines(options.files):
        print(json.dumps(_answer(decode, line), ensure_ascii=False, default=str), flush=not options.files)
    return 0


def _lines(files: list[str]) -> Iterable[str]:
    if not files:
        yield from (line.decode("utf-8", "surrogateescape").strip() for line in sys.stdin.buffer if line.strip())
    for name in files:
        with open(name, "rb") as file:
            yield from (line.decode("utf-8", "surrogateescape").strip() for line in file if line.strip())


def _answer(decode, line: str) -> dict:
    try:
        return decode(frame_of(line))
    except ValueError as error:
        return {"error": str(error)}


def frame_of(line: str) -> bytes:
    r"""The bytes that a line stands for: hexadecimal digits, or text with \r, \n and \xNN.

    >>> frame_of("7e7e 05"), frame_of(r"##0000\r\n")
    (b'~~\x05', b'##0000\r\n')
    """
    if _HEXADECIMAL.match(line):
        return bytes.fromhex(line)
    found, place = b"", 0
    for match in _ESCAPE.finditer(line):
        found += line[place : match.start()].encode("utf-8", "surrogateescape")
        mark = match[1]
        found += bytes.fromhex(mark[1:]) if mark[0] == "x" else _ESCAPED[mark]
        place = match.end()
    return found + line[place:].encode("utf-8", "surrogateescape")
