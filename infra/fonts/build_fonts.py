"""Make the receipt's fonts from Debian's fonts-dejavu-core: same package version, same bytes.

Run `python infra/fonts/build_fonts.py`. It keeps the letters below that both weights have, without hinting and
layout tables, and writes next to the fonts which code points they cover, so that nobody has to open a font to know.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

DEBIAN = Path("/usr/share/fonts/truetype/dejavu")
LICENCE = Path("/usr/share/doc/fonts-dejavu-core/copyright")
TARGET = Path(__file__).parents[2] / "chalicelib" / "renderers" / "fonts"

WANTED = """
0020-007E 00A0-00AC 00AE-017F
0189 018E-018F 0190 0192 0197 0254 0186 01CD-01DC 01E6-01ED 01F0 01F4-01F5 01F8-01F9 0218-021B 0226-0233 0237
0244 0246-0247 024C-024D 0251 0253 0256-0257 0259 025B 0268-0269 026A 0272 0275 0283 0289 028A 0292 0294 019D
02B0 02B7 02BB-02BD 02C0-02C1 02C6-02C8 02D0 02D8-02DD
0300-030C 030F 0311 0323-0325 0327-0328 032D-032E 0330-0331 0335
1E00-1EFB
2010-2015 2018-2022 2026 2030 2032-2033 2039-203A 203C 2044 2070 2074-2079 2080-2089 20AC 2116 2122
2150-215E 2190-2194 2202 2206 220F 2211-2212 221A 221E 222B 2248 2260 2264-2265 25A0-25A1 25CA-25CB 25CF 2713 2717
"""
"""Spanish; Quechua, Aymara, Ashaninka and their neighbours with their marks; names from Europe; usual symbols.
Left out on purpose: the soft hyphen (00AD) and spaces of no width, which print nothing."""


def wanted_code_points() -> set[int]:
    """Expand `WANTED`."""
    points: set[int] = set()
    for item in WANTED.split():
        first, _, last = item.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


def shared_code_points(sources: list[Path]) -> set[int]:
    """Tell which wanted code points every weight has."""
    points = wanted_code_points()
    for source in sources:
        points &= set(TTFont(source).getBestCmap())
    return points


def ranges_of(points: set[int]) -> list[str]:
    """Write code points as hexadecimal ranges, ascending."""
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return [f"{first:04X}-{last:04X}" for first, last in ranges]


def write_subset(source: Path, points: set[int], target: Path) -> None:
    """Write the part of a font that covers `points`, keeping its time stamps."""
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13])
    options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "kern", "gasp", "MATH"]
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font.save(target)


def build(target: Path) -> None:
    """Write both fonts, the covered code points and the licence into `target`."""
    sources = [DEBIAN / "DejaVuSans.ttf", DEBIAN / "DejaVuSans-Bold.ttf"]
    points = shared_code_points(sources)
    for source in sources:
        write_subset(source, points, target / source.name)
    (target / "coverage.txt").write_text("\n".join(ranges_of(points)) + "\n", encoding="ascii")
    (target / "LICENSE.txt").write_bytes(LICENCE.read_bytes())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, default=TARGET)
    build(parser.parse_args().target)
