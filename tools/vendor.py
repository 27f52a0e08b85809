"""Copy the front-end files, icons, fonts and the code table of areas from node_modules into the product.

Run it after `npm ci`. It copies only what changed, so that running it again takes a blink.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
SOURCE = ROOT / "src" / "anlan"
VENDOR = SOURCE / "web" / "static" / "vendor"
FONTS = SOURCE / "foundation" / "documents" / "fonts"
AREAS = SOURCE / "foundation" / "places" / "data" / "china"
ICONS = MODULES / "@tabler" / "icons" / "icons" / "outline"

#: Folder under static/vendor, folder under node_modules, files.
SCRIPTS = [
    ("maplibre-gl", "maplibre-gl/dist", ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"]),
    ("terra-draw", "terra-draw/dist", ["terra-draw.umd.js"]),
    ("terra-draw", "terra-draw-maplibre-gl-adapter/dist", ["terra-draw-maplibre-gl-adapter.umd.js"]),
    ("pmtiles", "pmtiles/dist", ["pmtiles.js"]),
    ("qr", "qr", ["index.js", "decode.js"]),
    ("noble-ed25519", "@noble/ed25519", ["index.js"]),
    ("echarts", "echarts/dist", ["echarts.min.js"]),
    ("htmx", "htmx.org/dist", ["htmx.min.js"]),
    ("tabler", "@tabler/core/dist/css", ["tabler.min.css"]),
    ("tabler", "@tabler/core/dist/js", ["tabler.min.js"]),
]
FONT_FILES = [
    f"@expo-google-fonts/noto-{family}-sc/{weight}/Noto{family.title()}SC_{weight}.ttf"
    for family in ("serif", "sans")
    for weight in ("400Regular", "700Bold")
]
AREA_FILES = [f"china-division/dist/{name}.csv" for name in ("provinces", "cities", "areas", "streets", "villages")]

SOURCE_MAP = re.compile(rb"\n?(//[#@] sourceMappingURL=\S+|/\*[#@] sourceMappingURL=\S+\s*\*/)\s*$")
QUOTED = re.compile(r"""["']([a-z][a-z0-9-]*)["']""")


class MissingFileError(Exception):
    """A file that the front end needs is not there; the message says how to get it."""


def is_current(source: Path, target: Path) -> bool:
    """Whether the copy is at least as new as its source."""
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime


def copy(source: Path, target: Path) -> bool:
    """Copy one file when it changed, without the pointer to a source map that is not shipped."""
    if not source.exists():
        raise MissingFileError(
            f"{source.relative_to(ROOT)} is missing; run `npm ci --ignore-scripts` in {ROOT} and try again"
        )
    if is_current(source, target):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in (".js", ".mjs", ".css"):
        target.write_bytes(SOURCE_MAP.sub(b"", source.read_bytes()))
    else:
        shutil.copyfile(source, target)
    return True


def icon_names() -> set[str]:
    """Every quoted word in the product's source that is the name of a Tabler outline icon."""
    known = {path.stem for path in ICONS.glob("*.svg")}
    words: set[str] = set()
    for path in SOURCE.rglob("*"):
        if path.suffix in (".py", ".html", ".js", ".toml") and VENDOR not in path.parents:
            words.update(QUOTED.findall(path.read_text("utf-8")))
    return words & known


def vendor() -> int:
    """Bring every copy up to date and return how many files were written."""
    if not MODULES.is_dir():
        raise MissingFileError(f"{MODULES} is missing; run `npm ci --ignore-scripts` in {ROOT} and try again")
    pairs = [(MODULES / folder / name, VENDOR / package / name) for package, folder, names in SCRIPTS for name in names]
    pairs += [(ICONS / f"{name}.svg", VENDOR / "icons" / f"{name}.svg") for name in sorted(icon_names())]
    pairs += [(MODULES / name, FONTS / Path(name).name) for name in FONT_FILES]
    pairs += [(MODULES / name, AREAS / Path(name).name) for name in AREA_FILES]
    return sum(copy(source, target) for source, target in pairs)


if __name__ == "__main__":
    try:
        copied = vendor()
        if copied:
            print(f"front-end files: {copied} copied")
    except MissingFileError as problem:
        sys.exit(f"tools/vendor.py: {problem}")
