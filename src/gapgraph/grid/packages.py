"""Packed documents (OOXML, ODF), looked through before a library opens them.

A package is refused where it would unpack to more than its limit, holds programs, points outside
itself, declares entities or nests its elements without end.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from gapgraph.errors import InputError
from gapgraph.grid.model import GridLimits
from gapgraph.told import joined, told

__all__ = ["open_package", "parts_with"]

#: How many files a package may hold.
_MOST_PARTS = 5_000
_CHUNK = 1 << 16
#: Parts that hold programs.
_PROGRAM = re.compile(
    r"(^|/)(vbaProject\.bin|vbaData\.xml|activeX/|Basic/|Scripts/)", re.IGNORECASE
)
#: The kind of relation that reads nothing by itself: a link that a person may follow.
_HYPERLINK = "/hyperlink"


class _Refused(Exception):
    """What a handler found; expat lets it pass through."""


def open_package(path: Path, content: bytes, limits: GridLimits) -> zipfile.ZipFile:
    """Return a package that is safe to read.

    :param content: the bytes of the file
    :raises InputError: where it is not one, or is refused, with the part and the reason
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError):
        raise InputError(
            told("is not a whole document (its packing is damaged)"),
            todo=told("open it in the program that made it, and save it again"),
            file=path,
        ) from None
    entries = package.infolist()
    if len(entries) > _MOST_PARTS:
        raise InputError(
            told(
                "holds {count} files, over the limit of {limit}",
                count=len(entries),
                limit=_MOST_PARTS,
            ),
            todo=told("copy the table alone into a new document"),
            file=path,
        )
    left = limits.expanded_bytes
    for entry in entries:
        if entry.flag_bits & 1:
            raise InputError(
                told("is protected by a password"), todo=told("save it without one"), file=path
            )
        if _PROGRAM.search(entry.filename):
            raise InputError(
                told("holds programs (macros: {entry})", entry=entry.filename),
                todo=told("save it without macros, as .xlsx, .docx or .ods"),
                file=path,
            )
        left -= _check(package, entry, left, path, limits)
    return package


def parts_with(package: zipfile.ZipFile, folder: str, words: bytes) -> Iterator[str]:
    """Yield the names of the parts of a folder whose bytes hold some words."""
    for entry in package.infolist():
        if entry.filename.startswith(folder) and words in package.read(entry):
            yield entry.filename


def _check(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, path: Path, limits: GridLimits
) -> int:
    """Return how much a part unpacks to, in bytes; its head is not believed."""
    read = 0
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    parser = _parser(limits) if is_xml else None
    try:
        with package.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                read += len(chunk)
                if read > left:
                    raise InputError(
                        told(
                            "unpacks to more than {limit} bytes ({entry})",
                            limit=limits.expanded_bytes,
                            entry=entry.filename,
                        ),
                        todo=told("copy the table alone into a new document"),
                        file=path,
                    )
                if parser:
                    parser.Parse(chunk, False)
        if parser and read:
            parser.Parse(b"", True)
    except _Refused as refused:
        raise InputError(
            joined(": ", [entry.filename, refused.args[0]]),
            todo=told("copy the table alone into a new document"),
            file=path,
        ) from None
    except expat.ExpatError as error:
        raise InputError(
            told("{entry} is not well-formed ({error})", entry=entry.filename, error=error),
            todo=told("open it in the program that made it, and save it again"),
            file=path,
        ) from None
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError):
        raise InputError(
            told("{entry} cannot be unpacked", entry=entry.filename),
            todo=told("open it in the program that made it, and save it again"),
            file=path,
        ) from None
    except Exception as error:
        # zlib.error and lzma.LZMAError have no common root but this one.
        if type(error).__name__ not in {"error", "LZMAError"}:
            raise
        raise InputError(
            told("{entry} cannot be unpacked ({error})", entry=entry.filename, error=error),
            todo=told("open it in the program that made it, and save it again"),
            file=path,
        ) from None
    return read


def _parser(limits: GridLimits) -> expat.XMLParserType:
    """Return a parser that raises at what is refused."""
    parser = expat.ParserCreate()
    depth = 0

    def doctype(*_: object) -> None:
        raise _Refused(told("it declares a document type, which may hold entities"))

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.depth:
            raise _Refused(told("its elements nest over {depth} deep", depth=limits.depth))
        if (
            name.endswith("Relationship")
            and attributes.get("TargetMode") == "External"
            and not attributes.get("Type", "").endswith(_HYPERLINK)
        ):
            raise _Refused(
                told(
                    "it refers to {target!r}, outside the file",
                    target=attributes.get("Target", "")[:80],
                )
            )

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    return parser
