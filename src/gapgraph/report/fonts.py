"""The font of pictures: a package's own, so that no machine's decides how they look.

Source Serif (SIL Open Font License) has the letters of Latin, Greek and Cyrillic scripts; those of
another show as boxes.
"""

from __future__ import annotations

import functools
from importlib.resources import as_file, files

from PIL import ImageFont

__all__ = ["Font", "font_of"]

Font = ImageFont.FreeTypeFont


@functools.cache
def font_of(size: int, weight: str = "Regular") -> Font:
    """Return the font, kept: reading one takes as long as drawing a picture.

    :param size: in pixels
    :param weight: ``Regular``, ``Semibold`` or ``Bold``
    """
    file = files("font_source_serif_pro") / "files" / f"SourceSerifPro-{weight}.ttf"
    with as_file(file) as path:
        return ImageFont.truetype(path, size)
