"""The colours of statuses: one table, which the style sheet and every picture agree with."""

from __future__ import annotations

import re

import pytest

from conftest import ROOT
from gapgraph.statuses import PALETTE

PACKAGE = ROOT / "src" / "gapgraph"
#: What the style sheet calls the colours of these.
_CALLED = {"indeterminate": "unsure", "unknown": "blank"}


def declared(block: str) -> dict[str, str]:
    """The custom properties of a block that are colours, written out."""
    found = re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * each for each in value[1:])
        for name, value in found
    }


@pytest.mark.parametrize("status", PALETTE)
def test_the_style_sheet_says_the_same(status: str) -> None:
    style = (PACKAGE / "web" / "static" / "style.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    name, colours = _CALLED.get(status, status), PALETTE[status]
    on_paper, on_dark = declared(light), declared(dark[: dark.index("}\n}")])
    assert (on_paper[name], on_dark[name]) == (colours.colour, colours.dark)
    if f"on-{name}" in on_paper:
        words = on_paper[f"on-{name}"], on_dark[f"on-{name}"]
        assert words == (colours.on, colours.on_dark)


def luminance(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("status", sorted(set(PALETTE) - {"unknown"}))
def test_words_are_read_on_their_colour(status: str) -> None:
    colours = PALETTE[status]
    large = 3  # WCAG 2.2, 1.4.3: numbers on bars are large or bold
    for under, over in ((colours.colour, colours.on), (colours.dark, colours.on_dark)):
        low, high = sorted((luminance(under), luminance(over)))
        assert (high + 0.05) / (low + 0.05) >= large


def test_no_other_file_has_a_colour_of_a_status() -> None:
    known = {each for colours in PALETTE.values() for each in (colours.colour, colours.dark)}
    files = [file for file in PACKAGE.rglob("*") if file.suffix in {".py", ".html", ".svg", ".j2"}]
    assert len(files) > 150
    for file in files:
        text = file.read_text(encoding="utf-8").lower()
        assert not [each for each in known if each in text and ">>>" not in text], file
