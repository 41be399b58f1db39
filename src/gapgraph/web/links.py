"""Links in pages: an IRI of ours is shown at its path of this service.

The public base of every IRI stays `gapgraph.namespaces.BASE`; only where a link leads depends on
where the service stands (`gapgraph.web.base`).
"""

from __future__ import annotations

from urllib.parse import urlencode, urljoin

from flask import Flask, request
from markupsafe import Markup
from werkzeug.urls import iri_to_uri

from gapgraph.namespaces import BASE, CC_BY, DATASET, PREFIXES, SCHEMA
from gapgraph.web.base import address, current_address, current_path, local
from gapgraph.web.description import schema_dataset
from gapgraph.web.language import kept, language
from gapgraph.web.service import service

__all__ = ["absolute", "in_language", "link", "register", "short"]


def link(iri: str, suffix: str = "", *, page: bool = False, analysis: str = "") -> str:
    """Return where a link to an IRI leads; nowhere for what a browser should not open.

    A link of ours carries on what the current address says of language (`language.kept`).

    :param iri: an IRI of ours, or another's
    :param suffix: the suffix of a format, put after the path
    :param page: whether it leads to a page about the analysis the reader is looking at
    :param analysis: the name of another analysis that it leads to a page about
    """
    if not iri.startswith(BASE):
        return iri if iri.startswith(("http://", "https://")) else ""
    path, hash_, anchor = iri.removeprefix(BASE).partition("#")
    query = urlencode({**kept(page=page), **({"analysis": analysis} if analysis else {})})
    return local(path + suffix) + (f"?{query}" if query else "") + hash_ + anchor


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
    app.jinja_env.globals.update(
        address=address,
        current_address=current_address,
        described=described,
        in_language=in_language,
        link=link,
        local=local,
        short=short,
        absolute=absolute,
    )


def in_language(lang: str) -> str:
    """Return the whole address of this page in a language, with head and menu.

    :param lang: the language; empty for the address that asks for none
    """
    asked = {name: given for name, given in request.args.lists() if name not in {"embed", "lang"}}
    if lang:
        asked["lang"] = [lang]
    query = urlencode(asked, doseq=True)
    return address(current_path()) + (f"?{query}" if query else "")


def absolute(path: str) -> str:
    """Return the whole address of a link in a page.

    :param path: the link, with the service's prefix, as `url_for` gives it
    """
    if isinstance(path, Markup):  # of a block of a template, where it is escaped once
        path = path.unescape()
    # As it is sent: `url_for` leaves a readable prefix readable.
    return iri_to_uri(urljoin(address(""), path))


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
