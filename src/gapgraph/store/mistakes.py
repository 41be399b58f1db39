"""What is wrong with a query that an engine refuses, said for people.

An engine's parser tells how far it came in one of many readings, and all that it would have taken
there.  Most mistakes are of a few kinds, which the query's own words show: a bracket, a prefix, a
misspelt keyword, an update sent to a service that takes none.  For others the engine's place
stands.
"""

from __future__ import annotations

import difflib
import itertools
from typing import Literal

from gapgraph.errors import QuerySyntaxError, UsageError
from gapgraph.store.scan import Token, odd_sign, query_error, tokens
from gapgraph.told import told

__all__ = ["form_of", "refusal"]

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
#: SPARQL 1.1 Query Language, section 19.8: the words of the grammar.
_WORDS = frozenset(
    """
    a ABS ADD ADJUST ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT
    CONSTRUCT CONTAINS COPY COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT
    DROP ENCODE_FOR_URI EXISTS false FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HAVING HOURS IF
    IN INSERT INTO IRI isBLANK isIRI isLITERAL isNUMERIC isURI LANG LANGMATCHES LATERAL LCASE
    LIMIT LOAD MAX MD5 MIN MINUS MINUTES MONTH MOVE NAMED NOT NOW OFFSET OPTIONAL ORDER PREFIX
    RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1
    SHA256 SHA384 SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS
    STRUUID SUBSTR SUM TIMEZONE TO true TZ UCASE UNDEF UNION URI USING UUID VALUES WHERE WITH
    YEAR
    """.upper().split()
)
_FORMS = told("SELECT, ASK, CONSTRUCT or DESCRIBE")


def refusal(
    query: str, what: str, *, line: int | None = None, column: int | None = None
) -> UsageError:
    """Return the error that tells of a query which is not valid SPARQL.

    :param query: the query that an engine refused
    :param what: the engine's reason
    :param line: where the engine stopped, from 1
    :param column: likewise

    >>> str(refusal("SELEC * { ?s ?p ?o }", "expected CONSTRUCT"))
    'the query is not valid SPARQL at line 1, column 1 (SELEC is no word of SPARQL): write SELECT'
    """
    found = list(tokens(query))
    first = _first_word(found)
    if first and first.text.upper() in _UPDATES:
        return UsageError(
            told("this service is read-only and takes no updates"), todo=told("send a query")
        )
    odd = odd_sign(query)
    if odd:
        return query_error(query, *odd)
    for look in (_bracket, _prefix, _word):
        fault = look(found)
        if fault:
            return query_error(query, *fault)
    if first is None:
        return QuerySyntaxError(
            told("it is empty"), line=line, column=column, todo=told("write {these}", these=_FORMS)
        )
    if what.startswith("expected") and line and column:
        # The engine stops at what it could not read, or behind it.
        place = len("".join(query.splitlines(keepends=True)[: line - 1])) + column - 1
        last = [each for each in found if each.start <= place][-1:] or found[:1]
        return query_error(
            query, last[0].start, told("{text} does not belong there", text=last[0].text[:40])
        )
    return QuerySyntaxError(what, line=line, column=column)


def form_of(query: str) -> Literal["SELECT", "CONSTRUCT", "ASK"]:
    """Return the form of a query by its first word; a DESCRIBE counts as CONSTRUCT.

    :raises UsageError: for what begins as no query does

    >>> form_of("PREFIX ask: <urn:x:> describe ask:1")
    'CONSTRUCT'
    """
    first = _first_word(list(tokens(query)))
    match first.text.upper() if first else "":
        case "SELECT":
            return "SELECT"
        case "ASK":
            return "ASK"
        case "CONSTRUCT" | "DESCRIBE":
            return "CONSTRUCT"
        case _:
            raise refusal(query, f"expected {_FORMS}")


_Told = tuple[int, str, str]


def _first_word(found: list[Token]) -> Token | None:
    """Return the first word after the prologue."""
    words = (each for each in found if each.kind == "word" and each.depth == 0)
    return next((each for each in words if each.text.upper() not in {"BASE", "PREFIX"}), None)


def _bracket(found: list[Token]) -> _Told | None:
    """Tell of a bracket that does not close, or closes nothing."""
    open_: list[Token] = []
    for token in found:
        if token.kind == "open":
            open_.append(token)
        elif token.kind == "close":
            if not open_:
                return (
                    token.start,
                    told("{text} closes nothing", text=token.text),
                    told("take it out"),
                )
            last = open_.pop()
            if _CLOSES[last.text] != token.text:
                wanted = _CLOSES[last.text]
                return (
                    token.start,
                    told(
                        "{text} stands where {last} wants {wanted}",
                        text=token.text,
                        last=last.text,
                        wanted=wanted,
                    ),
                    "",
                )
    if open_:
        last = open_[-1]
        return (
            last.start,
            told("{text} is not closed", text=last.text),
            told("write {these}", these=_CLOSES[last.text]),
        )
    return None


def _prefix(found: list[Token]) -> _Told | None:
    """Tell of a prefix that is not declared."""
    declared = {
        after.text.partition(":")[0]
        for before, after in itertools.pairwise(found)
        if before.text.upper() == "PREFIX" and after.kind == "name"
    }
    for token in found:
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if prefix not in declared and prefix != "_":
            todo = told("write PREFIX {prefix}: <…> before the query", prefix=prefix)
            return token.start, told("the prefix {prefix}: is not declared", prefix=prefix), todo
    return None


def _word(found: list[Token]) -> _Told | None:
    """Tell of a word that is none of the language's."""
    for place, token in enumerate(found):
        if token.kind == "word" and token.text.upper() not in _WORDS:
            if place and found[place - 1].text.upper() == "PREFIX":
                return (
                    token.start,
                    told("{text} has no colon", text=token.text[:40]),
                    told("write {these}:", these=token.text[:40]),
                )
            close = difflib.get_close_matches(token.text.upper(), _WORDS, n=1)
            todo = (
                told("write {these}", these=close[0])
                if close
                else told("write ? before a variable's name")
            )
            return token.start, told("{text} is no word of SPARQL", text=token.text[:40]), todo
    return None
