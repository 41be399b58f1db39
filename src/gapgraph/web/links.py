"""Links in pages: an IRI of ours is shown at its path of this service.

The public base of every IRI stays `gapgraph.namespaces.BASE`; only where a link leads depends on
where the service stands.
"""

from __future__ import annotations

from urllib.parse import urlencode, urljoin

from flask import Flask, request

from gapgraph.namespaces import BASE, CC_BY, DATASET, PREFIXES, SCHEMA
from gapgraph.web.description import schema_dataset
from gapgraph.web.language import kept, language
from gapgraph.web.service import service

__all__ = ["address", "link", "register", "short"]


def address(path: str) -> str:
    """Return the whole address of a path of this service.

    :param path: the path, without a leading slash
    """
    return urljoin(service().config.base or request.url_root, path)


def link(iri: str, suffix: str = "", *, page: bool = False) -> str:
    """Return where a link to an IRI leads; nowhere for what a browser should not open.

    A link of ours carries on what the current address says of language (`language.kept`).

    :param iri: an IRI of ours, or another's
    :param suffix: the suffix of a format, put after the path
    :param page: whether it leads to a page about the analysis the reader is looking at
    """
    if not iri.startswith(BASE):
        return iri if iri.startswith(("http://", "https://")) else ""
    path, hash_, anchor = iri.removeprefix(BASE).partition("#")
    query = urlencode(kept(page=page)) if request else ""
    place = urljoin(service().config.base or "/", path + suffix)
    return place + (f"?{query}" if query else "") + hash_ + anchor


def short(iri: str) -> str:
    """Return an IRI as people write it: with a prefix where one fits.

    >>> short("http://www.w3.org/2004/02/skos/core#prefLabel")
    'skos:prefLabel'
    """
    fitting = [
        (len(namespace), f"{prefix}:{iri[len(namespace) :]}")
        for prefix, namespace in PREFIXES.items()
        if iri.startswith(namespace) and len(iri) > len(namespace)
    ]
    return max(fitting)[1] if fitting else iri


def register(app: Flask) -> None:
    """Let templates call these functions."""
    app.jinja_env.globals.update(link=link, short=short, described=described)


def described() -> dict[str, object]:
    """Return what a page is about in schema.org's terms, as JSON-LD."""
    name, _, suffix = request.path.lstrip("/").rpartition(".")
    if name.startswith("id/") and suffix == "html":
        about = {"@type": "Thing", "@id": BASE + name}
    else:
        about = {"@type": "Dataset", "@id": str(DATASET)}
    if about["@id"] == str(DATASET) and request.path.rstrip("/") in {"", "/data"}:
        return schema_dataset(service(), address(""), language())
    return {
        "@context": str(SCHEMA),
        "@type": "WebPage",
        "inLanguage": language(),
        "license": str(CC_BY),
        "about": about,
        "isPartOf": {"@type": "Dataset", "@id": str(DATASET)},
    }
