"""The SPARQL 1.1 result formats: JSON, CSV and TSV, as their recommendations define them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from gapgraph.queries.result import Result
from gapgraph.store.answers import Term

__all__ = ["harmless", "ntriples", "write_csv", "write_json", "write_tsv"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
# What Turtle reads back as a bare number (SPARQL 1.1 TSV, section 4.3 lets it stand so).
_BARE = {
    f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{_XSD}double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# Spreadsheets take a cell that starts so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _json_term(term: Term) -> dict[str, str]:
    found = {"type": term.kind, "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    if term.datatype:
        found["datatype"] = term.datatype
    return found


def write_json(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write SPARQL 1.1 Query Results JSON."""
    if result.boolean is not None:
        yield json.dumps({"head": {}, "boolean": result.boolean}).encode()
        return
    head = json.dumps({"vars": list(result.names)}, ensure_ascii=False)
    yield f'{{"head":{head},"results":{{"bindings":['.encode()
    for place, row in enumerate(result.rows):
        binding = {
            name: _json_term(term)
            for name, term in zip(result.names, row, strict=True)
            if term is not None
        }
        text = json.dumps(binding, ensure_ascii=False, separators=(",", ":"))
        yield (",\n" if place else "\n").encode() + text.encode("utf-8")
    yield b"\n]}}\n"


def harmless(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def _csv_cell(term: Term | None, excel: bool) -> str:
    if term is None:
        return ""
    value = f"_:{term.value}" if term.kind == "bnode" else term.value
    if excel and term.datatype not in _BARE:
        value = harmless(value)
    if any(each in value for each in '",\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def write_csv(result: Result, lang: str, excel: bool) -> Iterator[bytes]:
    """Write SPARQL 1.1 CSV; for a spreadsheet, with headings in words and made harmless."""
    names = [each.label[lang] for each in result.columns] if excel else list(result.names)
    if excel:
        yield b"\xef\xbb\xbf"
    yield (",".join(_csv_cell(Term("literal", each), excel) for each in names) + "\r\n").encode()
    for row in result.rows:
        yield (",".join(_csv_cell(term, excel) for term in row) + "\r\n").encode()


def ntriples(term: Term) -> str:
    """Write a term as N-Triples does."""
    if term.kind == "uri":
        return f"<{term.value}>"
    if term.kind == "bnode":
        return f"_:{term.value}"
    quoted = f'"{term.value.translate(_ESCAPES)}"'
    if term.language:
        return f"{quoted}@{term.language}"
    return f"{quoted}^^<{term.datatype}>" if term.datatype else quoted


def _tsv_cell(term: Term | None) -> str:
    if term is None:
        return ""
    bare = _BARE.get(term.datatype)
    return term.value if bare and bare.fullmatch(term.value) else ntriples(term)


def write_tsv(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write SPARQL 1.1 TSV."""
    yield ("\t".join(f"?{name}" for name in result.names) + "\n").encode()
    for row in result.rows:
        yield ("\t".join(map(_tsv_cell, row)) + "\n").encode()
