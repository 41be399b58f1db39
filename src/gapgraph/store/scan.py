"""What a query would reach for, read from its words before any engine sees it.

The scan follows the terminals of SPARQL 1.1 Query Language, section 19.8: strings, IRIs and
comments are passed over whole, so that ``SERVICE`` in a string is no call.  It is no parser: where
it is in doubt it suspects the worse, and the engine's own parser has the last word on syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

from gapgraph.errors import QuerySyntaxError, UsageError
from gapgraph.unicode import INVISIBLE, sign

__all__ = ["Scan", "Token", "odd_sign", "query_error", "resolve", "scan", "tokens"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s++|\#[^\n\r]*+)
  | (?P<string>\"{3}(?:[^"\\]|\\.|\"{1,2}(?!\"))*+\"{3}|'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*+'{3}
            |"(?!"")(?:[^"\\\n\r]|\\.)*+"|'(?!'')(?:[^'\\\n\r]|\\.)*+')
  | (?P<unclosed>["'])
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
  | (?P<variable>[?$]\w++)
  | (?P<language>@[A-Za-z]++(?:-++[A-Za-z0-9]++)*+)
  | (?P<number>[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+)
  | (?P<name>[\w.\-\u00b7]{0,200}+:(?:[\w.\-:\u00b7]|%[0-9A-Fa-f]{2}|\\.)*+)
  | (?P<word>[^\W\d]\w*+)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: What no name holds (SPARQL 1.1, section 19.8, ``PN_CHARS``), and what one may but nobody means.
_ODD = re.compile(
    r"[^\t\n\r -~\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]"
    rf"|[{INVISIBLE}\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]|[^\S\t\n\r ]"
)
#: What word processors and phones write in the place of quotes.
_QUOTES = "\u00ab\u00b4\u00bb\u02bc\u2018-\u201f\u2032\u2033\u2039\u203a\uff02\uff07"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Words that stand behind all dataset clauses.
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
#: Words after which an IRI stands, and no operator.
_BEFORE_IRIS = {"BASE", "FROM", "NAMED", "SERVICE", "SILENT", "GRAPH", "DESCRIBE", "A"}
_OPERANDS = {"variable", "number", "string", "iri", "name", "language", "word", "close"}
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Token(NamedTuple):
    """One terminal of a query.

    :param kind: the name of its group in the pattern above
    :param text: its characters
    :param start: where it starts in the query
    :param depth: how many brackets are open around it
    """

    kind: str
    text: str
    start: int
    depth: int


@dataclass
class Scan:
    """What a query names that lies outside its patterns.

    :param base: the base IRI in force after the prologue
    :param prefixes: the declared prefixes
    :param default_graphs: IRIs after ``FROM``
    :param named_graphs: IRIs after ``FROM NAMED``
    :param services: the places of ``SERVICE`` among the tokens
    :param tokens: all terminals but white space and comments
    :param depth: how deep brackets nest
    """

    base: str
    prefixes: dict[str, str] = field(default_factory=dict)
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)
    services: list[int] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    depth: int = 0

    def dataset(self, graphs: Container[str]) -> tuple[list[str], list[str]] | None:
        """Return the query's own default graphs and named graphs; nothing where it names none.

        :param graphs: the graphs that there are
        :raises UsageError: where it names another: nothing is fetched
        """
        named = (*self.default_graphs, *self.named_graphs)
        for iri in named:
            if iri not in graphs:
                raise UsageError(
                    f"FROM <{iri[:200]}> names no graph of this dataset, and nothing is fetched",
                    todo="take FROM out, or name one of its graphs",
                )
        return (self.default_graphs, self.named_graphs) if named else None


def tokens(query: str) -> Iterator[Token]:
    """Yield the terminals of a query, white space and comments aside.

    What Python takes for white space and SPARQL does not (a blank that does not break) is passed
    over too: `odd_sign` finds it.

    :raises QuerySyntaxError: for a string that does not end

    >>> [token.text for token in tokens("ASK{?s a 'SERVICE'} # no")]
    ['ASK', '{', '?s', 'a', "'SERVICE'", '}']
    """
    depth = 0
    for found in _TOKEN.finditer(query):
        kind = found.lastgroup or "other"
        if kind == "unclosed":
            raise _unclosed(query, found.start())
        if kind == "close":
            depth -= 1
        if kind != "space":
            yield Token(kind, found[0], found.start(), depth)
        if kind == "open":
            depth += 1


def odd_sign(query: str) -> tuple[int, str, str] | None:
    r"""Return where the first sign stands that no query means, what it is, and what to do about it.

    Invisible signs, blanks that are none in SPARQL, typographic quotes and dashes: outside strings,
    comments and IRIs a query has none of them.

    >>> odd_sign("ASK { ?s ?p \u201cx\u201d }")[0], odd_sign("ASK { ?s ?p '\u201cx\u201d' }")
    (12, None)
    """
    for found in _TOKEN.finditer(query):
        if found.lastgroup == "unclosed":
            break
        if found.lastgroup in {"string", "iri"} or found[0].startswith("#"):
            continue
        for odd in _ODD.finditer(query, found.start(), found.end()):
            # Persian and others spell with joiners.
            if odd[0] not in "\u200c\u200d" or query[: odd.start()][-1:].isascii():
                return odd.start(), f"{sign(odd[0])} is no sign of SPARQL", _instead(odd[0])
    return None


def _instead(character: str) -> str:
    """Return what to do about a sign that is none of SPARQL's."""
    if character.isspace():
        return "write a plain space"
    if re.match(f"[{_QUOTES}]", character):
        return "write plain quotes, \" or '"
    if re.match(f"[{INVISIBLE}]", character):
        return "take it out, though it is not seen"
    plain = unicodedata.normalize("NFKC", character)
    if unicodedata.category(character) == "Pd":
        plain = "-"
    return f"write {plain}" if plain.isascii() and plain.isprintable() else "take it out"


def _unclosed(query: str, start: int) -> QuerySyntaxError:
    """Return the error of a string that does not end.

    :param start: where it starts
    """
    odd = odd_sign(query)
    if odd:
        return query_error(query, *odd)
    todo = "close its quotes"
    typographic = re.compile(f"[^\n\r]*?([{_QUOTES}])").match(query, start + 1)
    if typographic:
        todo += f" ({sign(typographic[1])} closes none)"
    return query_error(query, start, "a string does not end", todo)


def query_error(query: str, start: int, said: str, todo: str = "") -> QuerySyntaxError:
    """Return an error at a character of a query."""
    line = query.count("\n", 0, start) + 1
    return QuerySyntaxError(said, line=line, column=start - query.rfind("\n", 0, start), todo=todo)


def resolve(token: Token, prefixes: Mapping[str, str], base: str) -> str | None:
    """Return the IRI a terminal names, or nothing where it names none.

    >>> resolve(Token("name", "ex:a", 0, 0), {"ex": "http://example.org/"}, "")
    'http://example.org/a'
    """
    if token.kind == "iri":
        iri = _CODE_POINT.sub(_character, token.text[1:-1])
        if _ABSOLUTE.match(iri):
            return iri
        try:
            # `urljoin` forgets a fragment that is empty.
            return urljoin(base, iri) + ("#" if iri == "#" else "")
        except ValueError:
            return iri
    if token.kind == "name":
        prefix, _, local = token.text.rstrip(".").partition(":")
        if prefix in prefixes:
            return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
    return None


def scan(query: str, *, base: str, depth: int) -> Scan:
    """Scan a query; where nothing is to be found in it, the scan has no tokens.

    :param base: the base IRI that relative ones resolve against
    :param depth: how deep brackets may nest
    :raises UsageError: where brackets nest deeper, ``FROM`` names no IRI, or the query can be read
        in two ways
    """
    if _harmless(query, depth):
        return Scan(base)
    result = Scan(base, tokens=list(tokens(query)))
    for place, token in enumerate(result.tokens):
        _refuse_doubt(result.tokens, place, result.prefixes)
        result.depth = max(result.depth, token.depth + 1)
        if token.kind == "name":
            _look_at_name(result, place)
        if token.kind != "word":
            continue
        word = token.text.upper()
        following = result.tokens[place + 1 : place + 4]
        if "SERVICE" in word:
            result.services.append(place)
        elif word == "BASE" and following and following[0].kind == "iri":
            result.base = resolve(following[0], {}, result.base) or result.base
        elif word == "PREFIX" and len(following) > 1 and following[1].kind == "iri":
            iri = resolve(following[1], {}, result.base)
            result.prefixes[following[0].text.removesuffix(":")] = iri or ""
        elif token.depth == 0 and word.endswith(("FROM", "FROMNAMED")):
            _add_graph(result, word, following)
    if result.depth > depth:
        raise UsageError(f"the query nests {result.depth} brackets", todo=f"nest {depth} at most")
    return result


def _refuse_doubt(found: list[Token], place: int, prefixes: Collection[str]) -> None:
    """Refuse ``?x <'>'``: an IRI after a value, and "less than" with a string, for some parsers.

    What a parser takes for a string or a comment the scan must not take for words, nor the other
    way round.

    :param prefixes: the prefixes declared so far
    :raises UsageError: where a query holds such a place
    """
    token = found[place]
    if place == 0 or token.kind != "iri" or not ("'" in token.text or "#" in token.text):
        return
    scheme = _ABSOLUTE.match(token.text, 1)
    if scheme and (scheme[0][:-1] not in prefixes or token.text.startswith("//", scheme.end())):
        return  # after "less than" it would be no value
    before = found[place - 1]
    declared = place > 1 and found[place - 2].text.upper() == "PREFIX"
    if before.kind in _OPERANDS and not declared and before.text.upper() not in _BEFORE_IRIS:
        raise UsageError(
            f"{token.text[:60]} can be read in two ways beside SERVICE or FROM",
            todo="write the IRI in full, or a space after <",
        )


def _harmless(query: str, depth: int) -> bool:
    """Tell whether a query has nothing to find, from its letters alone.

    No word can be read as ``SERVICE`` or ``FROM``, not even after escapes; there are too few
    brackets to nest too deep; and quotes come in pairs.
    """
    letters = query.casefold()
    return (
        "\\" not in query
        and "service" not in letters
        and "from" not in letters
        and sum(map(query.count, "([{")) < depth
        and not any(query.count(quote) % 2 for quote in "\"'")
    )


def _look_at_name(result: Scan, place: int) -> None:
    """Look for a keyword that no blank parts from the name after it.

    Where no prefix is declared that would make it a name, a parser reads ``trueSERVICE:x`` as
    ``true SERVICE :x``, and ``FROMg:x`` as ``FROM g:x``.
    """
    token, before = result.tokens[place], result.tokens[place - 1 : place]
    prefix, _, local = token.text.partition(":")
    after = before[0].text.upper() if before else ""
    if after == "PREFIX":
        return
    letters = prefix.casefold()
    if "service" in letters and prefix not in result.prefixes:
        result.services.append(place)
    following = result.tokens[place + 1 : place + 2]
    if letters.startswith("prefix") and not local and following and following[0].kind == "iri":
        result.prefixes[prefix[6:]] = resolve(following[0], {}, result.base) or ""
        return
    if token.depth or after in {"FROM", "NAMED"} or after.endswith("FROMNAMED"):
        return
    ends = [found.end() for found in re.finditer("from", letters)]
    if not ends:
        return
    outer = [each.text.upper() for each in result.tokens[:place] if each.depth == 0]
    if any(each.startswith(_MODIFIERS) for each in outer):
        return
    if not (result.default_graphs or result.named_graphs or "*" in outer):
        describing = letters.startswith("describe") and prefix[len("describe") :]
        name = describing or (any("DESCRIBE" in each for each in outer) and prefix)
        if name in result.prefixes:
            return  # one of those that are described
    names = [token._replace(text=token.text[end:]) for end in ends]
    known = (
        each
        for each in names
        if resolve(_after_named(result, each) or each, result.prefixes, result.base)
    )
    _add_graph(result, "FROM", [next(known, names[0])])


def _after_named(result: Scan, token: Token) -> Token | None:
    """Return the name that ``NAMED`` stands before without a blank, where it does."""
    prefix = token.text.partition(":")[0]
    if token.kind != "name" or prefix in result.prefixes or prefix[:5].upper() != "NAMED":
        return None
    return token._replace(text=token.text[5:])


def _add_graph(result: Scan, word: str, following: list[Token]) -> None:
    """Take the IRI of a dataset clause."""
    named = word.endswith("NAMED")
    if following and following[0].text.upper() == "NAMED":
        named, following = True, following[1:]
    elif following and not named and (name := _after_named(result, following[0])):
        named, following = True, [name]
    iri = resolve(following[0], result.prefixes, result.base) if following else None
    if iri is None:
        raise UsageError("FROM is not followed by an IRI", todo="name a graph of this service")
    (result.named_graphs if named else result.default_graphs).append(iri)


def _character(found: re.Match[str]) -> str:
    """Return the character of an escape; what is no character stays as written."""
    code = int(found[1] or found[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]
