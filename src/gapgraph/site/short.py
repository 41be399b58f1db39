"""Short addresses of a site: a page for each, which leads on where the service's own does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from gapgraph.errors import UsageError
from gapgraph.site.pages import way_to, whole_address
from gapgraph.site.rules import Place, place_of
from gapgraph.texts import SOURCE
from gapgraph.web.pages.short import addresses

if TYPE_CHECKING:
    from gapgraph.web.hosts import Application

__all__ = ["Lead", "leading_pages", "leads"]

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
#: A browser goes on at once; who reads a page without going on has the link.
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="canonical" href="{whole}">
<meta http-equiv="refresh" content="0; url={way}">
</head>
<body><main><h1><a href="{way}">{title}</a></h1></main></body>
</html>
"""


class Lead(NamedTuple):
    """A short address, and where it leads.

    :param file: its file, from the site's folder
    :param to: the page
    :param lang: the language of the page
    """

    file: str
    to: Place
    lang: str


def leads(application: Application, base: str, languages: tuple[str, ...]) -> list[Lead]:
    """Return where each short address leads, as the service answers it.

    A file cannot ask what its reader speaks: the page is in the language of the address's word,
    where the site has that.

    :param application: the application over the build
    :param base: the address that those of the site begin with
    :param languages: the languages of the site
    :raises UsageError: where one leads to what is not in a site
    """
    with application.test_request_context("/", base_url=base):
        listed = addresses()
    client = application.test_client()
    found = []
    for path, spoken in listed:
        lang = spoken if spoken in languages else SOURCE
        answer = client.get(f"/{path}?lang={lang}", base_url=base, headers={"Accept": "text/html"})
        address = urljoin(base, answer.headers.get("Location", ""))
        here = place_of(path, languages)
        to = place_of(address.removeprefix(base), languages)
        if here is None or to is None or answer.status_code != 303:
            raise UsageError(f"/{path} leads to no page of a site")
        found.append(Lead(here.file, to, lang))
    return found


def leading_pages(listed: Iterable[Lead], folder: Path, base: str) -> dict[str, bytes]:
    """Return a page for each short address.

    :param listed: the addresses
    :param folder: the folder of the site, which has the pages that they lead to
    :param base: the address that those of the site begin with
    """
    titles = dict[str, str]()
    files = {}
    for lead in listed:
        file = lead.to.file
        if file not in titles:
            text = (folder / file).read_text(encoding="utf-8")
            titles[file] = " ".join((_TITLE.search(text) or ["", file])[1].split())
        page = _PAGE.format(
            lang=lead.lang,
            title=titles[file],
            whole=escape(whole_address(base, file)),
            way=escape(way_to(lead.file, file)),
        )
        files[lead.file] = page.encode()
    return files
