"""The keys of ``analysis.toml``: one table for both forms, and the one check of a file.

A file describes a table of five columns in a text file (``[table]``, the form of version 0.1), or
a table of any form (``[source]``, ``[columns]``, ``[cells]``), which `gapgraph intake` writes.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gapgraph.errors import InputError
from gapgraph.files import parse_fault, read_text
from gapgraph.intake.words import CLASSES, ROLES
from gapgraph.namespaces import ELEMENTS, GG
from gapgraph.told import joined, one_of, told

__all__ = [
    "ELEMENT_CLASSES",
    "FILE_NAME",
    "KEYS",
    "TOPIC_MARKS",
    "Key",
    "form_of",
    "is_language",
    "read_content",
]

#: The file that makes a folder an analysis.
FILE_NAME = "analysis.toml"
#: How topics stand in a table.
TOPIC_MARKS = ("column", "underline", "bold", "none")
#: Classes that a plan's numbered parts may have, as local names of the ontology.
ELEMENT_CLASSES = tuple(each.removeprefix(GG) for each in ELEMENTS)

#: How a kind of value is called in messages.
_CALLED = {
    int: told("a whole number"),
    str: told("a text"),
    bool: told("true or false"),
    list: told("a list of texts"),
    datetime.date: told("a date"),
}


@dataclass(frozen=True)
class Key:
    """What a key may hold.

    :param kinds: the kinds of value that it takes
    :param needed: the forms that cannot do without it
    """

    kinds: tuple[type, ...]
    needed: tuple[str, ...] = ()


def _key(*kinds: type, needed: tuple[str, ...] = ()) -> Key:
    return Key(kinds, needed)


_TABLE = ("table",)
_IRI = _key(str)
#: Every section and its keys.
KEYS: dict[str, dict[str, Key]] = {
    "analysis": {
        "iri": _IRI,
        "jurisdiction": _key(str, needed=_TABLE),
        "language": _key(str, needed=_TABLE),
        "date": _key(datetime.date),
        "rights": _key(str),
        "slug": _key(str),
    },
    "framework": {
        "iri": _IRI,
        "label": _key(str, needed=_TABLE),
        "directives": _key(int, needed=_TABLE),
        "language": _key(str),
        "slug": _key(str),
    },
    "plan": {
        "iri": _IRI,
        "label": _key(str, needed=_TABLE),
        "categories": _key(int, needed=_TABLE),
        "element_class": _key(str),
        "slug": _key(str),
    },
    "table": {
        "file": _key(str, needed=_TABLE),
        "sha256": _key(str),
        "category_word": _key(str),
        "none_words": _key(list),
        "instruments": _key(str),
        "institutions": _key(str),
        "partial": _key(bool),
    },
    "source": {
        "file": _key(str, needed=("source",)),
        "table": _key(str),
        "header_row": _key(int),
        "instruments": _key(str),
        "institutions": _key(str),
    },
    "columns": dict.fromkeys(ROLES, _key(str, int, list)),
    "cells": {
        "topic_mark": _key(str),
        "separators": _key(list),
        "directive_id": _key(str),
        "element_id": _key(str),
    },
    "values": dict.fromkeys(CLASSES, _key(list)),
}
#: The sections that only one form has.
_OF_FORM = {"table": ("table",), "source": ("source", "columns", "cells")}
#: The sections that a form cannot do without.
_NEEDED = {
    "table": ("analysis", "framework", "plan", "table"),
    "source": ("source", "columns"),
}


def is_language(tag: str) -> bool:
    """Tell whether a text is a language's tag (BCP 47), with or without region.

    >>> [is_language(tag) for tag in ("de", "pt-BR", "Deutsch", "e s")]
    [True, True, False, False]
    """
    return bool(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag))


def form_of(content: Mapping[str, Any]) -> str:
    """Return which form a file has: ``source``, or ``table``, which version 0.1 has alone."""
    return "source" if "source" in content and "table" not in content else "table"


def read_content(file: Path, *, limit: int = 1_000_000) -> dict[str, Any]:
    """Read an ``analysis.toml``, every section there and every key checked.

    :param limit: the largest size that is read, in bytes
    :raises InputError: where the file is missing or not TOML, or a section or key is missing,
        unknown or of the wrong kind: all such mistakes at once
    """
    try:
        content = tomllib.loads(read_text(file, limit=limit))
    except (ValueError, RecursionError) as error:
        raise InputError(
            told("is not TOML ({fault})", fault=parse_fault(error)),
            todo=told("mend it"),
            file=file,
        ) from None
    form = form_of(content)
    for words in content.get("values", {}) if isinstance(content.get("values"), dict) else ():
        # One word may stand without brackets.
        if isinstance(content["values"][words], str) and content["values"][words]:
            content["values"][words] = [content["values"][words]]
    table = content.get("table")
    if isinstance(table, dict) and isinstance(table.get("none_words"), str) and table["none_words"]:
        table["none_words"] = [table["none_words"]]
    wrong = [*_wrong_sections(content, form)]
    wrong = wrong or [*_wrong_keys(content, form)]
    wrong = wrong or [*_wrong_values(content)]
    if wrong:
        *before, (what, todo) = wrong
        raise InputError(
            joined("; ", [*(joined(": ", each) for each in before), what]), todo=todo, file=file
        )
    return content


_Wrong = Iterator[tuple[str, str]]


def _wrong_sections(content: Mapping[str, Any], form: str) -> _Wrong:
    """Yield what is wrong with the sections, and what to do."""
    other = _OF_FORM["source" if form == "table" else "table"]
    for name in content:
        if name not in KEYS:
            yield (
                told("has the unknown section [{name}]", name=name),
                told("use {these}", these=", ".join(KEYS)),
            )
        elif name in other:
            yield (
                told("has the section [{name}] beside [{form}]", name=name, form=form),
                told("keep one of the two"),
            )
    for name in _NEEDED[form]:
        if not isinstance(content.get(name), dict):
            yield told("has no section [{name}]", name=name), told("add it")
    for name, section in content.items():
        if name in KEYS and name not in _NEEDED[form] and not isinstance(section, dict):
            yield (
                told("[{name}] is {section!r}", name=name, section=section),
                told("make it a section"),
            )


def _wrong_keys(content: Mapping[str, Any], form: str) -> _Wrong:
    """Yield what is wrong with the keys and the kinds of their values."""
    for name, section in content.items():
        for key, value in section.items():
            expected = KEYS[name].get(key)
            if expected is None:
                yield (
                    told("[{name}] has the unknown key {key!r}", name=name, key=key),
                    told("use {these}", these=", ".join(KEYS[name])),
                )
            elif not _fits(value, expected, blank=form == "source" and name == "values"):
                yield (
                    told("[{name}] {key} is {value!r}", name=name, key=key, value=value),
                    told("give it {called}", called=_called(expected)),
                )
    for name, keys in KEYS.items():
        if name not in content and name not in _NEEDED[form]:
            continue
        for key, expected in keys.items():
            if form in expected.needed and key not in content[name]:
                yield (
                    told("[{name}] {key} is missing", name=name, key=key),
                    told("give it {called}", called=_called(expected)),
                )
        if form == "table" and "iri" in keys and not {"iri", "slug"} & set(content[name]):
            yield told("[{name}] iri is missing", name=name), told("give it a text")


def _called(key: Key) -> str:
    return one_of(_CALLED[kind] for kind in key.kinds)


def _fits(value: object, key: Key, *, blank: bool) -> bool:
    """Tell whether a value is of a kind that its key takes, and not empty.

    :param blank: whether a list may say what an empty cell means
    """
    # A truth value counts as a number, and a time of day as a date: only here they do not.
    if value == "" or isinstance(value, bool) != (bool in key.kinds):
        return False
    if isinstance(value, datetime.datetime):
        return False
    if isinstance(value, list):
        kinds = (str, int) if int in key.kinds else str
        texts = all(isinstance(each, kinds) and not isinstance(each, bool) for each in value)
        full = blank or all(str(each).strip() for each in value)
        return list in key.kinds and bool(value) and texts and full
    return isinstance(value, key.kinds)


def _wrong_values(content: Mapping[str, Any]) -> _Wrong:
    """Yield what is wrong with the values of a file whose keys are right."""
    yield from _wrong_cells(content)
    yield from _wrong_parties(content)
    for name in {"table", "source"} & set(content):
        for key in ("file", "instruments", "institutions"):
            plain = content[name].get(key, "x")
            if Path(plain).name != plain or plain == ".." or not plain.isprintable():
                yield told("{plain!r} is not a plain file name", plain=plain), told("put it beside")


def _wrong_cells(content: Mapping[str, Any]) -> _Wrong:
    mark = content.get("cells", {}).get("topic_mark", "none")
    if mark not in TOPIC_MARKS:
        yield (
            told("[cells] topic_mark is {mark!r}", mark=mark),
            told("use {these}", these=", ".join(TOPIC_MARKS)),
        )
    for key in ("directive_id", "element_id"):
        try:
            re.compile(content.get("cells", {}).get(key, ""))
        except re.error as error:
            yield (
                told("[cells] {key} is no pattern ({error})", key=key, error=error),
                told("mend it"),
            )


def _wrong_parties(content: Mapping[str, Any]) -> _Wrong:
    for name, key in (("framework", "directives"), ("plan", "categories")):
        if content.get(name, {}).get(key, 1) < 1:
            yield (
                told("[{name}] {key} is {content}", name=name, key=key, content=content[name][key]),
                told("count from 1"),
            )
    chosen = content.get("plan", {}).get("element_class", ELEMENT_CLASSES[0])
    if chosen not in ELEMENT_CLASSES:
        yield (
            told("[plan] element_class is {chosen!r}", chosen=chosen),
            told("use {these}", these=one_of(ELEMENT_CLASSES)),
        )
    for name in ("analysis", "framework"):
        tag = content.get(name, {}).get("language", "es")
        if not is_language(tag):
            yield told("[{name}] language is {tag!r}", name=name, tag=tag), told("write es, en …")
    for name in ("analysis", "framework", "plan"):
        given = content.get(name, {}).get("slug", "x")
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", given):
            yield (
                told("[{name}] slug is {given!r}", name=name, given=given),
                told("write lower-case letters, digits and hyphens"),
            )
