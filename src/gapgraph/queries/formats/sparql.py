"""The SPARQL 1.1 result formats, as their recommendations define them, and rows in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from gapgraph.errors import UnwritableError
from gapgraph.namespaces import CC_BY, DATASET
from gapgraph.queries.result import Result
from gapgraph.store.answers import Term
from gapgraph.told import told

__all__ = [
    "harmless",
    "head_links",
    "ntriples",
    "value_of",
    "write_csv",
    "write_json",
    "write_rows",
    "write_tsv",
    "write_xml",
]

_XSD = "http://www.w3.org/2001/XMLSchema#"
# What Turtle reads back as a bare number (SPARQL 1.1 TSV, section 4.3 lets it stand so).
_BARE = {
    f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{_XSD}double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_XML_ESCAPES = {"\r": "&#13;"}
# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Spreadsheets take a cell that starts so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# `json.dumps` makes an encoder for each call that asks for anything but its defaults.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json_term(term: Term) -> dict[str, str]:
    found = {"type": term.kind, "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    if term.datatype:
        found["datatype"] = term.datatype
    return found


def head_links(query: str, version: str) -> list[str]:
    """Return the addresses that tell more about an answer: licence, query and dataset version.

    See SPARQL 1.1 Query Results JSON Format, section 3.1.2, and SPARQL Query Results XML Format,
    section 2.2.

    :param query: the IRI of the stored query
    :param version: the version of the dataset
    """
    about, _, name = str(DATASET).partition("#")
    return [str(CC_BY), query, f"{about}?version={version}#{name}"]


def _links(result: Result) -> list[str]:
    """Return the links of an answer; none for a query of somebody's own."""
    return head_links(result.query.iri, result.dataset) if result.query else []


def write_json(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write SPARQL 1.1 Query Results JSON."""
    if result.boolean is not None:
        yield json.dumps({"head": _json_head(result), "boolean": result.boolean}).encode()
        return
    head = _encode(_json_head(result) | {"vars": list(result.names)})
    yield f'{{"head":{head},"results":{{"bindings":['.encode()
    names = result.names
    for place, row in enumerate(result.rows):
        binding = {
            name: _json_term(term)
            for name, term in zip(names, row, strict=True)
            if term is not None
        }
        yield (",\n" if place else "\n").encode() + _encode(binding).encode("utf-8")
    yield b"\n]}}\n"


def _json_head(result: Result) -> dict[str, list[str]]:
    return {"link": links} if (links := _links(result)) else {}


def _xml_term(term: Term) -> str:
    found = _NOT_XML.search(term.value)
    if found:
        raise UnwritableError(
            told(
                "a value has the character U+{sign:04X}, which XML cannot hold", sign=ord(found[0])
            ),
            todo=told("ask for JSON, CSV or TSV"),
        )
    text = escape(term.value, _XML_ESCAPES)
    if term.kind != "literal":
        return f"<{term.kind}>{text}</{term.kind}>"
    kind = f" xml:lang={quoteattr(term.language)}" if term.language else ""
    kind = f" datatype={quoteattr(term.datatype)}" if term.datatype else kind
    return f"<literal{kind}>{text}</literal>"


def write_xml(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write SPARQL Query Results XML.

    :raises UnwritableError: for a value that XML cannot hold
    """
    yield b'<?xml version="1.0" encoding="utf-8"?>\n'
    yield b'<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n<head>'
    yield "".join(f"<variable name={quoteattr(name)}/>" for name in result.names).encode()
    yield "".join(f"<link href={quoteattr(link)}/>" for link in _links(result)).encode()
    yield b"</head>\n"
    if result.boolean is not None:
        yield f"<boolean>{str(result.boolean).lower()}</boolean>\n</sparql>\n".encode()
        return
    yield b"<results>\n"
    for row in result.rows:
        bindings = "".join(
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(result.names, row, strict=True)
            if term is not None
        )
        yield f"<result>{bindings}</result>\n".encode()
    yield b"</results>\n</sparql>\n"


def value_of(term: Term) -> str | int | float | bool:
    """Return a term as a plain value: numbers and truth as such, all else as text."""
    if term.datatype in _BARE and _BARE[term.datatype].fullmatch(term.value):
        return int(term.value) if term.datatype == f"{_XSD}integer" else float(term.value)
    if term.datatype == f"{_XSD}boolean" and term.value in {"true", "false"}:
        return term.value == "true"
    return term.value


def write_rows(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write an object that says what was asked and holds the rows as plain objects."""
    query = result.query
    head: dict[str, object] = {}
    if query:
        head = {
            "query": query.id,
            "iri": query.iri,
            "version": query.version,
            "title": query.header.summary[lang],
            "question": result.question(lang),
            "parameters": {name: list(given) for name, given in result.values.items()},
            "dataset": result.dataset,
            "license": str(CC_BY),
        }
    if result.boolean is not None:
        yield json.dumps({**head, "boolean": result.boolean}, ensure_ascii=False).encode() + b"\n"
        return
    head |= {
        "columns": [{"name": each.name, "label": each.label[lang]} for each in result.columns],
        "total": result.total,
        "offset": result.offset,
        "limit": result.limit,
    }
    if result.missing:
        head["missing"] = {
            "pattern": result.missing.pattern,
            "text": result.missing.text[lang],
        }
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b',\n"rows": ['
    for place, row in enumerate(result.rows):
        values = {
            name: None if term is None else value_of(term)
            for name, term in zip(result.names, row, strict=True)
        }
        yield (",\n" if place else "\n").encode() + json.dumps(values, ensure_ascii=False).encode()
    yield b"\n]}\n"


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
