"""A page of the service as a file: its links lead to files, and its forms to what a site can do.

The pages are ours: each attribute stands between double quotes, and no tag holds another.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from posixpath import relpath
from urllib.parse import quote, urlencode, urljoin, urlsplit

from gapgraph.messages import Message, translate
from gapgraph.site.rules import Place, place_of, unoffered
from gapgraph.web.policy import SITE, SITE_ANSWERS

__all__ = ["Page", "rewritten", "way_to", "whole_address"]

_TAG = re.compile(r"<([a-z][a-z0-9]*)\b[^<>]*>")
_LINK = re.compile(r' (href|src|action|xlink:href)="([^"]*)"')
#: A link without other elements in it, and the sign that stands between links.
_ANCHOR = re.compile(r'(?:\s·)?\s*<a\b[^<>]* ?href="([^"]*)"[^<>]*>[^<]*</a>')
_FORM = re.compile(r"<form\b[^<>]*>.*?</form>", re.DOTALL)
#: What stands as it is in a link.
_SAFE = "/,;:@="
#: What the file of a page is called where an address leaves it out.
_INDEX = re.compile(r"(^|/)index\.html$")
#: The scripts of pages that answer.
_ANSWERS = re.compile(r' src="[^"]*(?:site/(?:engine|search)|yasgui/)[^"]*"')
_NEEDS_SCRIPT = Message("Elegir y preguntar aquí necesita JavaScript.")
#: Pages whose links an address needs whole: for those who do not see them.
_WHOLE = frozenset({"link", "meta"})


@dataclass
class Page:
    """A page as a file of a site.

    :param text: the page
    :param found: the addresses that it leads to, within the service
    """

    text: str
    found: set[str] = field(default_factory=set)


def way_to(here: str, file: str) -> str:
    """Return the link from a file of a site to another.

    >>> way_to("tema/a/index.html", "id/concept/a.html"), way_to("a.html", "b:c.html")
    ('../../id/concept/a.html', './b:c.html')

    :param here: the file that the link stands in, from the site's folder
    :param file: the one that it leads to
    """
    link = quote(relpath(file, here.rpartition("/")[0] or "."), safe=_SAFE)
    # A first part with a colon would be read as a scheme.
    return f"./{link}" if ":" in link.partition("/")[0] else link


def whole_address(base: str, file: str) -> str:
    """Return the whole address of a file of a site; that of an index is its folder's.

    >>> whole_address("https://example.org/", "gaps/index.html")
    'https://example.org/gaps/'
    """
    return base + quote(_INDEX.sub(r"\1", file), safe=_SAFE)


def rewritten(text: str, here: Place, base: str, languages: tuple[str, ...], lang: str) -> Page:
    """Return a page, or a picture of SVG, as a file of a site.

    :param text: the page, as the service gives it at ``base``
    :param here: where the site has it
    :param base: the address that those of the site begin with, with a slash at its end
    :param languages: the languages of the site
    :param lang: the language of the page
    """
    return _Rewriting(here, base, languages, lang).page(text)


class _Rewriting:
    """What the parts of a page are rewritten by."""

    def __init__(self, here: Place, base: str, languages: tuple[str, ...], lang: str) -> None:
        self.here, self.base, self.languages, self.lang = here, base, languages, lang
        #: The whole address of the page in the service: what its links are relative to.
        self.at = base + here.address
        # What ends a clause is of the sentence that the address stands in.
        self.absolute = re.compile(
            re.escape(base) + r"(?:(?:[^\s\"'<>`\\&]|&amp;|\\u0026)*[^\s\"'<>`\\&;.,:!?)»])?"
        )
        self.found: set[str] = set()

    def page(self, text: str) -> Page:
        """Return the page."""
        text = _FORM.sub(self._form, text)
        text = _ANCHOR.sub(self._left, text)
        text = _TAG.sub(self._tag, text)
        text = self.absolute.sub(self._whole, text)
        root = self._root()
        policy = escape(SITE_ANSWERS if _ANSWERS.search(text) else SITE, quote=False)
        head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        head += f'<meta name="site-root" content="{root}">\n'
        text = text.replace('<meta charset="utf-8">\n', f'<meta charset="utf-8">\n{head}', 1)
        return Page(text, self.found)

    def _root(self) -> str:
        """Return the way to the site's folder from this page, with a slash at its end."""
        if self.here.anywhere:
            return urlsplit(self.base).path
        return relpath(".", self.here.file.rpartition("/")[0] or ".") + "/"

    def _place(self, address: str) -> tuple[Place | None, str] | None:
        """Return where a link of the page leads in the site, and its anchor.

        :return: nothing for a link to elsewhere
        """
        whole, hash_, anchor = urljoin(self.at, address).partition("#")
        if not f"{whole}/".startswith(self.base):
            return None
        place = place_of(whole.removeprefix(self.base), self.languages)
        if place:
            self.found.add(place.address)
        return place, hash_ + anchor

    def _to(self, place: Place, anchor: str = "") -> str:
        """Return the way to a file from this page."""
        if anchor and place.file == self.here.file and not place.asked:
            return anchor
        if self.here.anywhere:
            link = urlsplit(whole_address(self.base, place.file)).path
        else:
            link = way_to(self.here.file, place.file)
        return link + (f"?{place.asked}" if place.asked else "") + anchor

    def _tag(self, tag: re.Match[str]) -> str:
        return _LINK.sub(lambda found: self._link(tag[1], found), tag[0])

    def _link(self, tag: str, found: re.Match[str]) -> str:
        name, address = found[1], unescape(found[2])
        if address.startswith(("#", "data:", "mailto:")):
            return found[0]
        if address.startswith(("http:", "https:")) and tag in _WHOLE:
            return found[0]  # written anew with the other whole addresses
        placed = self._place(address)
        if placed is None:
            return found[0]
        place, anchor = placed
        return f' {name}="{escape(self._to(place, anchor))}"' if place else ""

    def _left(self, found: re.Match[str]) -> str:
        """Return nothing for a link to what is not in a site, with the dot before it."""
        address = unescape(found[1])
        if address.startswith(("#", "data:", "mailto:")):
            return found[0]
        placed = self._place(address)
        return "" if placed and placed[0] is None else found[0]

    def _whole(self, found: re.Match[str]) -> str:
        """Return a whole address, wherever on the page, as the site has it."""
        in_json = "\\u0026" in found[0]
        address = found[0].replace("\\u0026", "&") if in_json else unescape(found[0])
        placed = self._place(address)
        if placed is None:
            return found[0]
        place, anchor = placed
        if place is None:
            return found[0]
        asked = f"?{escape(place.asked)}" if place.asked else ""
        return whole_address(self.base, place.file) + asked + anchor

    def _form(self, found: re.Match[str]) -> str:
        """Return a form that a script answers: from files, or in the reader's browser."""
        text = found[0]
        read = _Form()
        read.feed(text)
        action = self._place(read.action)
        if action is None or action[0] is None:
            return ""
        ways = ""
        if not action[0].scripted:
            listed = {}
            for key, pairs in read.choices().items():
                query = urlencode([*pairs, *read.language])
                placed = self._place(f"{read.action.partition('?')[0]}?{query}")
                if placed and placed[0]:
                    listed[key] = self._to(placed[0])
            made = json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
            ways = f" data-ways='{escape(made)}'"
        # The header's search says what it is without words.
        note = translate(_NEEDS_SCRIPT, self.lang)
        said = "" if 'class="find"' in text else f'<noscript><p class="note">{note}</p></noscript>'
        return said + text.replace("<form", f"<form hidden data-site{ways}", 1)


class _Form(HTMLParser):
    """Reads what can be chosen in a form."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        #: What is sent whatever is chosen.
        self.fixed: list[tuple[str, str]] = []
        self.language: list[tuple[str, str]] = []
        #: What can be chosen, by the name it is sent under; the first of a list is its default.
        self.offered: dict[str, list[str]] = {}
        self.defaults: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field or a choice."""
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self.defaults.setdefault(self._select, value)
            if value and value != self.defaults[self._select]:
                self.offered.setdefault(self._select, []).append(value)
        elif tag == "input" and given.get("type") == "hidden":
            (self.language if name == "lang" else self.fixed).append((name, value))
        elif tag == "input" and given.get("type") == "checkbox":
            self.offered.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        """End a list."""
        if tag == "select":
            self._select = ""

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """Return each single choice, and none, by the query string that a script knows it by."""
        every = [self.fixed]
        every += [
            [*self.fixed, (name, value)]
            for name, values in self.offered.items()
            if name not in unoffered()
            for value in values
            if (name, value) not in self.fixed
        ]
        return {urlencode(sorted(each)): each for each in every}
