"""Mappings of others, as grids: SSSOM/TSV and the control mapping of OSCAL (JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gapgraph.errors import InputError
from gapgraph.files import parse_fault
from gapgraph.grid.delimited import decoded, delimited_grid
from gapgraph.grid.model import Grid, GridLimits, plain_cell
from gapgraph.told import told

__all__ = ["OSCAL_COLUMNS", "read_oscal", "read_sssom"]

#: The columns of a grid made of an OSCAL mapping.
OSCAL_COLUMNS = (
    "source", "source-type", "relationship", "target", "target-type", "target label", "degree",
    "status", "remarks",
)  # fmt: skip
#: The namespace of relationships that are OSCAL's own.
_OSCAL = "http://csrc.nist.gov/ns/oscal"
_UNMAPPED = "no-relationship"


def read_sssom(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the mappings of an SSSOM/TSV file; its head, a comment, is left to the notes.

    :param content: the bytes of the file
    :raises InputError: where it has no columns of SSSOM
    """
    text, encoding = decoded(path, content)
    lines = text.split("\n")
    head = 0
    while head < len(lines) and lines[head].startswith("#"):
        head += 1
    notes = [
        told("read as {encoding}, SSSOM", encoding=encoding),
        *(line[1:].rstrip() for line in lines[:head]),
    ]
    grid = delimited_grid(
        path,
        "\n".join(lines[head:]),
        limits,
        delimiter="\t",
        notes=notes,
        first_line=head + 1,
    )
    names = {cell.text for cell in grid.rows[0]} if grid.rows else set()
    if not {"subject_id", "predicate_id", "object_id"} <= names:
        raise InputError(
            told("has no columns subject_id, predicate_id and object_id"),
            todo=told("is it SSSOM? else name it .tsv"),
            file=path,
            line=head + 1,
        )
    return [grid]


def read_oscal(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the maps of an OSCAL mapping collection: one row a pair of source and target.

    :param content: the bytes of the file
    :raises InputError: where it is not such JSON
    """
    text, _ = decoded(path, content)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            told("is not JSON ({fault})", fault=parse_fault(error)),
            todo=told("mend it"),
            file=path,
        ) from None
    collection = document.get("mapping-collection") if isinstance(document, dict) else None
    if not isinstance(collection, dict):
        raise InputError(
            told("is not a mapping collection of OSCAL (it has no 'mapping-collection')"),
            todo=told("give JSON of the control mapping model"),
            file=path,
        )
    rows = [tuple(plain_cell(name, name, 0) for name in OSCAL_COLUMNS)]
    for place, values in _maps(path, collection):
        rows.append(
            tuple(
                plain_cell(value, f"{place}, {name}", len(rows))
                for name, value in zip(OSCAL_COLUMNS, values, strict=True)
            )
        )
        if len(rows) * len(OSCAL_COLUMNS) > limits.cells:
            raise InputError(
                told("holds over {cells} cells", cells=limits.cells),
                todo=told("part it"),
                file=path,
            )
    return [Grid("", tuple(rows))]


def _maps(path: Path, collection: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the place and the cells of each pair, and of each control without one."""
    for outer, mapping in enumerate(_list(path, collection, "mappings"), start=1):
        for inner, entry in enumerate(_list(path, mapping, "maps"), start=1):
            place = f"mapping {outer}, map {inner}"
            said = (_relationship(entry), *(_said(path, entry, name) for name in _SAID))
            targets = _list(path, entry, "targets") or [{}]
            for source in _list(path, entry, "sources"):
                for target in targets:
                    yield place, _cells(source, target, said, str(entry.get("remarks", "")))
        gaps = mapping.get("source-gap-summary", {})
        listed = _list(path, gaps, "unmapped-controls") if isinstance(gaps, dict) else []
        for inner, entry in enumerate(listed, start=1):
            for name in entry.get("with-ids", []):
                place = f"mapping {outer}, unmapped controls {inner}"
                yield place, _cells({"id-ref": name}, {}, (_UNMAPPED, "", ""), "")


#: What a map may say in properties of its own.
_SAID = ("degree", "status")


def _cells(
    source: Mapping[str, Any], target: Mapping[str, Any], said: Sequence[str], remarks: str
) -> Sequence[str]:
    relationship, degree, status = said
    return (
        str(source.get("id-ref", "")),
        str(source.get("type", "")),
        relationship,
        str(target.get("id-ref", "")),
        str(target.get("type", "")),
        str(target.get("remarks", "")),
        degree,
        status,
        remarks,
    )


def _relationship(entry: Mapping[str, Any]) -> str:
    """Return how two things are related; nothing where another namespace says it."""
    found, space = entry.get("relationship", ""), entry.get("ns", _OSCAL)
    if isinstance(found, dict):
        found, space = found.get("type", ""), found.get("ns", space)
    return str(found) if space == _OSCAL else ""


def _said(path: Path, entry: Mapping[str, Any], name: str) -> str:
    """Return the value of a property of an entry, or nothing."""
    props = _list(path, entry, "props")
    return next((str(each.get("value", "")) for each in props if each.get("name") == name), "")


def _list(path: Path, parent: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a list of objects of a document, checked."""
    found = parent.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InputError(
            told("{key!r} is not a list of objects", key=key), todo=told("mend it"), file=path
        )
    return found
