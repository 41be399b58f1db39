"""Any file that holds a table, as grids: the one thing that intake works on.

The suffix names the form, and the bytes must bear it out.  Nothing outside the file is read, no
formula is computed and no macro is run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

from gapgraph.errors import InputError
from gapgraph.files import read_bytes
from gapgraph.grid.model import Cell, Grid, GridLimits, Paragraph, Run, place_told
from gapgraph.told import told

__all__ = ["SUFFIXES", "Cell", "Grid", "GridLimits", "Paragraph", "Run", "place_told", "read_grids"]

_Reader = Callable[[Path, bytes, GridLimits], list[Grid]]

#: By suffix, the module and the function that read the form.  They are imported when a file of it
#: is: most commands read none, and the libraries for them take half a second.
_READERS = {
    ".xlsx": ("xlsx", "read_xlsx"),
    ".docx": ("docx", "read_docx"),
    ".ods": ("calamine", "read_sheets"),
    ".xls": ("calamine", "read_sheets"),
    ".csv": ("delimited", "read_delimited"),
    ".sssom.tsv": ("mappings", "read_sssom"),
    ".tsv": ("delimited", "read_delimited"),
    ".html": ("html", "read_html"),
    ".htm": ("html", "read_html"),
    ".md": ("html", "read_markdown"),
    ".json": ("mappings", "read_oscal"),
}
#: The suffixes that are read, those of several parts first.
SUFFIXES = tuple(_READERS)

#: What people have instead, and what to do with it.
_INSTEAD = {
    ".pdf": told(
        "a PDF holds no table, only marks on paper: open it in Word or LibreOffice, or with a "
        "tool such as Tabula, look the table over, and save it as .docx, .xlsx or .csv"
    ),
    ".xlsm": told("a workbook with macros: save it as .xlsx"),
    ".xlsb": told("save it as .xlsx"),
    ".doc": told("save it as .docx"),
    ".docm": told("a document with macros: save it as .docx"),
    ".odt": told("save it as .docx"),
    ".rtf": told("save it as .docx"),
    ".numbers": told("export it as .xlsx"),
    ".pages": told("export it as .docx"),
}


def read_grids(path: Path, limits: GridLimits | None = None) -> list[Grid]:
    """Return the tables of a file that hold anything.

    :param path: the file; its suffix names its form
    :param limits: how much is read; the usual limits if none
    :raises InputError: where the form is not read, or the file is not of it, over a limit,
        damaged or unsafe; with what to do
    """
    limits = limits or GridLimits()
    name = path.name.lower()
    suffix = next((each for each in SUFFIXES if name.endswith(each)), None)
    if suffix is None:
        raise InputError(
            told("has the suffix {suffix!r}, which is not read", suffix=path.suffix),
            todo=_INSTEAD.get(path.suffix.lower(), told("give {these}", these=", ".join(SUFFIXES))),
            file=path,
        )
    content = read_bytes(path, limit=limits.file_bytes)
    if not content.strip():
        raise InputError(told("is empty"), todo=told("give a file that holds a table"), file=path)
    grids = [grid for grid in _reader(suffix)(path, content, limits) if grid.rows]
    if not grids:
        raise InputError(
            told("holds no filled cell"), todo=told("is it the right file?"), file=path
        )
    for grid in grids:
        for row in grid.rows:
            for cell in row:
                if len(cell.text) > limits.cell_characters:
                    raise InputError(
                        told(
                            "{place}: the cell has {count} characters, over the limit of {limit}",
                            place=place_told(cell.place),
                            count=len(cell.text),
                            limit=limits.cell_characters,
                        ),
                        todo=told(
                            "is a quotation mark or line end lost? else raise "
                            "max_cell_characters in the settings"
                        ),
                        file=path,
                    )
    return grids


def _reader(suffix: str) -> _Reader:
    """Return what reads the form of a suffix."""
    module, name = _READERS[suffix]
    return cast(_Reader, getattr(import_module(f"gapgraph.grid.{module}"), name))
