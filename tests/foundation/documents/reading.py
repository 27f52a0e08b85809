"""The words on each page of a PDF that typst wrote."""

import re
import zlib

_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.S)
_SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
#: A font, a string (PDF leaves paired parentheses bare), or the end of a text.
_TOKEN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)|(ET)", re.S)


def _objects(pdf: bytes) -> dict[int, bytes]:
    return {int(n): body for n, body in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.S)}


def _content(body: bytes) -> bytes:
    return zlib.decompressobj().decompress(body.split(b"stream\n", 1)[1])


def _letters(cmap: bytes) -> dict[int, str]:
    """Glyph number to text, from the CMap's bfchar and bfrange lines."""
    found = {int(a, 16): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in
             re.findall(rb"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>$", cmap, re.M)}  # fmt: skip
    for first, last, text in re.findall(rb"<([0-9A-Fa-f]{4})> ?<([0-9A-Fa-f]{4})> ?<([0-9A-Fa-f]{4})>", cmap):
        for step in range(int(last, 16) - int(first, 16) + 1):
            found[int(first, 16) + step] = chr(int(text, 16) + step)
    return found


def pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order in which it was drawn."""
    objects = _objects(pdf)
    kids = re.search(rb"/Type/Pages/Count \d+/Kids\[([^]]*)\]", pdf)[1]
    texts = []
    for number in re.findall(rb"(\d+) 0 R", kids):
        page = objects[int(number)]
        resources = objects[int(re.search(rb"/Resources (\d+)", page)[1])]
        fonts = {
            name: _letters(_content(objects[int(re.search(rb"/ToUnicode (\d+)", objects[int(font)])[1])]))
            for name, font in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
        }
        texts.append(_drawn(_content(objects[int(re.search(rb"/Contents (\d+)", page)[1])]), fonts))
    return texts


def _drawn(stream: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    text, letters = [], {}
    for font, string, _ in _TOKEN.findall(stream):
        if font:
            letters = fonts[font]
        elif string:
            plain = _ESCAPE.sub(lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else _SHORT.get(m[1], m[1]), string)
            codes = (int.from_bytes(plain[i : i + 2]) for i in range(0, len(plain), 2))
            text += [letters.get(code, "") for code in codes]
    return "".join(text)
