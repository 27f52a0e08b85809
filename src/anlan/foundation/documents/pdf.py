"""Official documents as PDF, and as pictures of their pages."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

from anlan.foundation.documents import layout
from anlan.foundation.documents.official import OfficialDocument

HERE = Path(__file__).parent
FONTS = HERE / "fonts"


class NoFonts(RuntimeError):
    """The folder of fonts is empty; the message says how to fill it."""


@lru_cache(maxsize=4)
def _fonts(licensed: str) -> typst.Fonts:
    """The fonts that came with the product and the city's own; a computer's other fonts are not looked at."""
    if not any(FONTS.glob("*.ttf")):
        raise NoFonts(f"{FONTS} holds no fonts; run `python tools/vendor.py`")
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS), *filter(None, [licensed])]
    )


def _families(fonts: typst.Fonts, *wanted: str) -> list[str]:
    """Those of the typefaces that are there; typst would warn of the others."""
    there = set(fonts.families())
    return [name for name in wanted if name in there]


def _inputs(document: OfficialDocument, fonts: typst.Fonts) -> dict[str, str]:
    measures = {
        "top": layout.TOP_MM,
        "bottom": layout.BOTTOM_MM,
        "left": layout.LEFT_MM,
        "right": layout.RIGHT_MM,
        "size_2": layout.SIZE_2,
        "size_3": layout.SIZE_3,
        "size_4": layout.SIZE_4,
        "line_pitch": layout.LINE_PITCH,
        "character_pitch": layout.CHARACTER_PITCH,
        "red": layout.RED,
        "fangsong": _families(fonts, *layout.FANGSONG, layout.SERIF),
        "kaiti": _families(fonts, *layout.KAITI, layout.SERIF),
        "heiti": _families(fonts, *layout.HEITI, layout.SANS),
        "xiaobiaosong": _families(fonts, *layout.XIAOBIAOSONG, layout.SERIF),
    }
    words = asdict(document) | {"marks": document.marks}
    return {"document": json.dumps({"layout": measures, "words": words}, ensure_ascii=False)}


def _render(document: OfficialDocument, **how) -> bytes | list[bytes]:
    fonts = _fonts(settings.ANLAN.fonts_dir)
    return typst.compile(
        str(HERE / "official.typ"), root=str(HERE), font_paths=fonts, sys_inputs=_inputs(document, fonts), **how
    )


def page_as_pdf(template: Path, data: dict) -> bytes:
    """A page that is no official document, from its own Typst template; it reads `data` and the typefaces as JSON."""
    fonts = _fonts(settings.ANLAN.fonts_dir)
    words = data | {"typefaces": _families(fonts, *layout.HEITI, layout.SANS)}
    inputs = {"data": json.dumps(words, ensure_ascii=False)}
    return typst.compile(str(template), root=str(template.parent), font_paths=fonts, sys_inputs=inputs, format="pdf")


def drawing_as_png(svg: str, width_mm: float) -> bytes:
    """A drawing in SVG as a picture, for documents that cannot hold one."""
    page = '#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: eval(sys.inputs.width))'
    inputs = {"svg": svg, "width": f"{width_mm}mm"}
    return typst.compile(page.encode(), sys_inputs=inputs, format="png", ppi=220)


def as_pdf(document: OfficialDocument) -> bytes:
    """The document as PDF."""
    return _render(document, format="pdf")


def as_pictures(document: OfficialDocument, *, ppi: int = 96) -> list[bytes]:
    """Each page as PNG, for a look before sending."""
    pages = _render(document, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]
