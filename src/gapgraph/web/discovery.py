"""What crawlers, harvesters and browsers ask for before anything else."""

from __future__ import annotations

import json
from importlib.resources import files
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, current_app, render_template

from gapgraph.files import sha256
from gapgraph.namespaces import BASE, CC_BY
from gapgraph.queries.stored import StoredQuery
from gapgraph.texts import Text
from gapgraph.web.base import address
from gapgraph.web.formats import validated
from gapgraph.web.headers import as_file, public
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("discovery", __name__)

#: The documents that are pages too, beside those of the blueprint of pages.
_DOCUMENTS = ("data/", "ontology", "queries", "shapes", "sparql", "validation")
#: Datatypes of XML Schema that CSV on the Web knows, by the type of a column.
_DATATYPES = {"integer": "integer", "decimal": "decimal", "boolean": "boolean", "date": "date"}


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers where the pages are listed, and what costs more than it tells them."""
    root = urlsplit(address("")).path
    lines = ["User-agent: *"]
    lines += [f"Disallow: {root}{each}" for each in ("sparql?", "lookup?", "search?")]
    lines += ["", f"Sitemap: {address('sitemap.xml')}", ""]
    return validated(as_file("\n".join(lines), "text/plain"))


@blueprint.get("/llms.txt")
def llms() -> Response:
    """Tell language models what is here, how it is asked, and how it is cited (llmstxt.org)."""
    dataset = service().dataset
    text = render_template(
        "llms.txt", version=dataset.version, analyses=dataset.analyses, address=address
    )
    return validated(as_file(text, "text/plain"))


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List the pages, each with its languages (sitemaps.org, and alternates beside it)."""
    entries = []
    for path in _pages():
        place = address(path)
        ways = "".join(
            f'<xhtml:link rel="alternate" hreflang="{lang}"'
            f" href={quoteattr(f'{place}?lang={lang}')}/>"
            for lang in service().languages
        )
        entries.append(f"<url><loc>{escape(place)}</loc>{ways}</url>")
    text = "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            ' xmlns:xhtml="http://www.w3.org/1999/xhtml">',
            *entries,
            "</urlset>",
            "",
        ]
    )
    return validated(as_file(text, "application/xml; charset=utf-8"))


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Give the icon to browsers that ask for it by its old name."""
    content = (files("gapgraph.web") / "static" / "favicon.ico").read_bytes()
    response = as_file(content, "image/vnd.microsoft.icon")
    response.set_etag(sha256(content)[:32])
    return public(response, seconds=86_400)


def _pages() -> list[str]:
    """Return the paths of the pages: those without parameters, the queries, and what has a page."""
    current = service()
    fixed = {
        rule.rule.lstrip("/")
        for rule in current_app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.")
        and not rule.arguments
        and "GET" in (rule.methods or ())
        and "." not in rule.rule
    }
    text = (files("gapgraph.web") / "counts" / "pages.rq").read_text(encoding="utf-8")
    things = (row[0] for row in current.store.select(text).rows)
    return [
        *sorted({*fixed, *_DOCUMENTS}),
        *sorted(f"queries/{query.id}" for query in current.catalogue),
        *sorted(f"{each.value.removeprefix(BASE)}.html" for each in things if each),
    ]


@blueprint.get("/queries/<name>.csv-metadata.json")
def csv_metadata(name: str) -> Response:
    """Describe the columns of a query's CSV (CSV on the Web, Metadata Vocabulary).

    :raises NotFoundError: where no stored query has the name
    """
    query = service().catalogue[name]
    written = json.dumps(_table(query), ensure_ascii=False, indent=1)
    return validated(as_file(written, "application/csvm+json"))


def _table(query: StoredQuery) -> dict[str, object]:
    """Return the description of the table that a query gives."""
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": f"{query.id}.csv",
        "dc:title": _spoken(query.header.summary),
        "dc:description": _spoken(query.header.description),
        "dc:license": {"@id": str(CC_BY)},
        "dc:source": {"@id": query.iri},
        "tableSchema": {
            "columns": [
                {
                    "name": each.name,
                    "titles": each.name,
                    "dc:title": _spoken(each.label),
                    "dc:description": _spoken(each.description),
                    "datatype": _DATATYPES.get(each.type, "string"),
                }
                for each in query.header.columns
            ]
        },
    }


def _spoken(text: Text) -> list[dict[str, str]]:
    """Return a text in each of its languages, as JSON-LD writes it."""
    return [{"@value": words, "@language": lang} for lang, words in text.words.items()]
