"""Cuts the two static fonts of our papers out of the variable Inter (run once; the cuts are committed).

    python -m pip download --no-deps fontpkg-inter==4.1.post1 && unzip -d inter fontpkg_inter-*.whl
    python templates/fonts/cut.py "inter/fontpkg_inter/files/Inter[opsz,wght].ttf" templates/fonts

A variable font gives a PDF other bytes each second and takes two to three times as long to embed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHTS = {"Regular": 400, "Bold": 700}
TEXT_SIZE = 14
"""Optical size, in points: the drawing that Inter makes for running text."""
NEEDED = {
    0x202F: "narrow no-break space",
    0x2011: "no-break hyphen",
    0xA0: "no-break space",
    0xAB: "guillemet",
}


def cut(source: Path, weight: int, target: Path) -> None:
    variable = TTFont(source, recalcTimestamp=False)
    static = instantiateVariableFont(variable, {"opsz": TEXT_SIZE, "wght": weight}, updateFontNames=True)
    missing = [name for code, name in NEEDED.items() if code not in static.getBestCmap()]
    if missing:
        raise SystemExit(f"{source.name} has no {', '.join(missing)}")
    static.save(target)


if __name__ == "__main__":
    for style, weight in WEIGHTS.items():
        cut(Path(sys.argv[1]), weight, Path(sys.argv[2]) / f"Inter-{style}.ttf")
