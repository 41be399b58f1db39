"""The ``#+`` header of a stored query: YAML that says what the query asks, in two languages.

The decorators are those of grlc (``summary``, ``description``, ``tags``, ``pagination``,
``defaults``, ``enumerate``), with each text in Spanish and English; ``parameters`` holds the rest.
A default need not be repeated here: it stands in the query's own ``VALUES`` block, and where
``defaults`` names one too, it must be the same.
Every key is checked: one that is unknown, missing or twice there is an error at its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from gapgraph.errors import InputError
from gapgraph.queries.nodes import Node, root

__all__ = [
    "GRAPHS",
    "KINDS",
    "LANGUAGES",
    "RESERVED",
    "VIEWS",
    "Bilingual",
    "Choices",
    "Column",
    "Header",
    "Parameter",
    "Whole",
    "read_header",
]

#: The languages every text of a header is in.
LANGUAGES = ("es", "en")
#: The types a parameter may have.
KINDS = ("string", "integer", "iri", "lang", "boolean", "enumerated")
#: How a result may best be shown.
VIEWS = ("table", "bars", "matrix")
#: The kinds of named graphs a query may need, as the public contract names them.
GRAPHS = (
    "ontology", "framework", "plan", "asserted", "derived", "inferred", "findings",
    "context", "links", "queries", "meta",
)  # fmt: skip
#: Names that mean something to every query, so that no parameter may bear them.
RESERVED = ("limit", "offset", "sort", "filter", "format", "lang", "labels", "excel")

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PLACE = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Bilingual:
    """A text in Spanish and in English."""

    es: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.en if lang == "en" else self.es


@dataclass(frozen=True)
class Choices:
    """The values offered for a parameter.

    :param values: the values, where they are written out
    :param names: their names, in the same order; none where a value is its own name
    :param query: else the id of the stored query that lists them
    :param value: that query's column of values
    :param label: that query's column of labels
    :param number: that query's column of numbers, which come before the labels; none if empty
    """

    values: tuple[str, ...] = ()
    names: tuple[Bilingual, ...] = ()
    query: str = ""
    value: str = ""
    label: str = ""
    number: str = ""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a stored query.

    :param name: its name, which is also its variable's
    :param kind: one of `KINDS`
    :param default: the values bound where none are given; none means that it may stay open
    :param repeats: whether it takes more than one value
    :param choices: the values offered, where there are any
    :param line: where the header declares it
    """

    name: str
    kind: str
    default: tuple[str, ...]
    repeats: bool
    label: Bilingual
    description: Bilingual
    choices: Choices | None
    line: int

    @property
    def optional(self) -> bool:
        """Whether it may be left open, so that it narrows nothing."""
        return not self.default


@dataclass(frozen=True)
class Column:
    """A column of a result."""

    name: str
    label: Bilingual
    description: Bilingual


@dataclass(frozen=True)
class Whole:
    """What the rows of a query are a part of.

    :param query: the id of the stored query that lists the whole
    :param label: what its rows are, in the plural
    """

    query: str
    label: Bilingual


@dataclass(frozen=True)
class Header:
    """What a header says.

    :param summary: the title
    :param sentence: what is asked, as a sentence with ``{name}`` for each parameter it speaks of;
        a part in brackets is left out where its parameter is left open
    :param columns: described in the order of the projection; none for a query that builds RDF
    :param view: one of `VIEWS`
    :param graphs: the kinds of named graphs it needs, from `GRAPHS`
    :param questions: the competency questions it answers, by number
    :param whole: what its rows are a part of, where another query lists that
    :param defaults: values by parameter, where the header repeats them as grlc has them
    :param pagination: rows to a page where pages are shown; 0 for all
    :param lines: how many lines of the file the header takes
    """

    summary: Bilingual
    description: Bilingual
    sentence: Bilingual
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    view: str
    graphs: tuple[str, ...]
    questions: tuple[int, ...]
    pagination: int
    lines: int
    whole: Whole | None
    defaults: Mapping[str, tuple[str, ...]]

    def ask(
        self,
        values: Mapping[str, Sequence[str]],
        lang: str,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Return the sentence with values in it.

        A part in brackets goes where a parameter it speaks of is left open.

        :param values: values by parameter, as `check_values` of the binding gives them
        :param names: what to call a value, where it has another name
        """

        def part(match: re.Match[str]) -> str:
            names = _PLACE.findall(match[1])
            return match[1] if all(values.get(name) for name in names) else ""

        called = {
            (each.name, value): name[lang]
            for each in self.parameters
            if each.choices
            for value, name in zip(each.choices.values, each.choices.names, strict=False)
        }
        joined = {
            name: ", ".join(called.get((name, each)) or names.get(each, each) for each in given)
            for name, given in values.items()
        }
        kept = _PART.sub(part, self.sentence[lang])
        return _PLACE.sub(lambda match: joined.get(match[1], ""), kept)

    def spoken(self) -> tuple[str, ...]:
        """Return the names of the parameters that the sentence speaks of, in their order."""
        return tuple(dict.fromkeys(_PLACE.findall(self.sentence.es)))

    def pieces(self, lang: str) -> tuple[tuple[str, str], ...]:
        """Return the sentence cut up for a form: words, and the name of the parameter after them.

        >>> header.pieces("en")                                         # doctest: +SKIP
        (("Topics of directive ", "number"), ("", ""))
        """
        cut = _PLACE.split(_PART.sub(r"\1", self.sentence[lang]))
        return tuple(zip(cut[::2], [*cut[1::2], ""], strict=True))


def _bilingual(given: Node) -> Bilingual:
    """Read a text in both languages."""
    if given.is_text:
        given.fail("has one language", "write it under es: and en:")
    both = given.keys(LANGUAGES)
    return Bilingual(both["es"].text(), both["en"].text())


def _parameter(name: str, given: Node) -> Parameter:
    """Read a parameter; its default is read from the query later."""
    if name in RESERVED:
        given.fail(f"{name!r} means something to every query", "choose another name")
    keys = given.keys(("type", "label", "description"), ("repeats", "choices"))
    kind = keys["type"].one_of(KINDS)
    choices = _choices(keys["choices"]) if "choices" in keys else None
    return Parameter(
        name=name,
        kind=kind,
        default=(),
        repeats="repeats" in keys and keys["repeats"].one_of(("true", "false")) == "true",
        label=_bilingual(keys["label"]),
        description=_bilingual(keys["description"]),
        choices=choices,
        line=given.line,
    )


def _choices(given: Node) -> Choices:
    """Read the values offered: a list, or the query that lists them."""
    if given.is_list:
        listed = given.grouped()
        names = tuple(_bilingual(name) for _, name in listed if name is not None)
        if names and len(names) < len(listed):
            given.fail("some values have names, others none", "name all or none")
        return Choices(values=tuple(value for value, _ in listed), names=names)
    keys = given.keys(("query", "value", "label"), ("number",))
    return Choices(
        query=keys["query"].matching(_ID, "the id of a stored query"),
        value=keys["value"].text(),
        label=keys["label"].text(),
        number=keys["number"].text() if "number" in keys else "",
    )


def _column(name: str, given: Node) -> Column:
    """Read a column."""
    keys = given.keys(("label", "description"))
    return Column(name, _bilingual(keys["label"]), _bilingual(keys["description"]))


def _whole(given: Node) -> Whole:
    """Read what the rows are a part of."""
    keys = given.keys(("query", "label"))
    query = keys["query"].matching(_ID, "the id of a stored query")
    return Whole(query, _bilingual(keys["label"]))


def _enumerated(given: Node, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Return the parameters with the choices that ``enumerate`` lists, as grlc has it."""
    found = {each.name: each for each in parameters}
    for name, listed in given.grouped():
        if name not in found:
            given.fail(f"{name!r} is no parameter", "declare it under parameters")
        if listed is not None:
            found[name] = replace(found[name], choices=Choices(values=listed.texts()))
        elif found[name].choices is None:
            given.fail(f"{name!r} is enumerated without a list", "list its values")
    return tuple(found.values())


def _defaults(given: Node, parameters: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the defaults that ``defaults`` repeats, as grlc has it."""
    known, found = set(parameters), {}
    for name, value in given.grouped():
        if name not in known:
            given.fail(f"{name!r} is no parameter", "declare it under parameters")
        if value is None:
            given.fail(f"{name!r} has no default here", "write name: value")
        found[name] = value.texts()
    return found


def _check_sentence(given: Node, sentence: Bilingual, parameters: Iterable[str]) -> None:
    """Check that a sentence speaks of parameters that are there, the same in both languages."""
    known = set(parameters)
    places = {lang: set(_PLACE.findall(sentence[lang])) for lang in LANGUAGES}
    for lang in LANGUAGES:
        # In the order the sentence is filled in: parts in brackets, then names in braces.
        left = _PLACE.sub("", _PART.sub(r"\1", sentence[lang]))
        for mark in "{}[]":
            if mark in left:
                given.fail(f"the sentence has a {mark!r} without its other half", "write both")
    for strange in sorted(set().union(*places.values()) - known):
        given.fail(f"the sentence speaks of {strange!r}, which is no parameter", "declare it")
    if places["es"] != places["en"]:
        given.fail("the sentences speak of different parameters", "name the same in both")


def read_header(file: Path, content: str) -> Header:
    """Read the header of a stored query.

    :param file: the file, for messages
    :param content: its whole text, whose first lines start with ``#+``
    :raises InputError: with file and line, for anything that is not as it must be
    """
    lines: list[str] = []
    for line in content.splitlines():
        if not line.startswith("#+"):
            break
        lines.append(line[2:].removeprefix(" "))
    if not lines:
        raise InputError("has no header", todo="start the file with #+ summary:", file=file, line=1)
    keys = root(file, "\n".join(lines)).keys(
        ("summary", "description", "sentence", "tags", "view", "graphs"),
        ("questions", "parameters", "columns", "pagination", "whole", "defaults", "enumerate"),
    )
    parameters = keys["parameters"].named(_parameter) if "parameters" in keys else ()
    if "enumerate" in keys:
        parameters = _enumerated(keys["enumerate"], parameters)
    for each in parameters:
        if each.kind == "enumerated" and (each.choices is None or each.choices.query):
            raise InputError(
                f"{each.name!r} is enumerated without a list",
                todo="write choices: [one, two]",
                file=file,
                line=each.line,
            )
    names = [each.name for each in parameters]
    sentence = _bilingual(keys["sentence"])
    _check_sentence(keys["sentence"], sentence, names)
    return Header(
        summary=_bilingual(keys["summary"]),
        description=_bilingual(keys["description"]),
        sentence=sentence,
        tags=tuple(each.text() for each in keys["tags"].different()),
        parameters=parameters,
        columns=keys["columns"].named(_column) if "columns" in keys else (),
        view=keys["view"].one_of(VIEWS),
        graphs=tuple(each.one_of(GRAPHS) for each in keys["graphs"].different()),
        questions=(
            tuple(each.number(1) for each in keys["questions"].different())
            if "questions" in keys
            else ()
        ),
        pagination=keys["pagination"].number() if "pagination" in keys else 0,
        lines=len(lines),
        whole=_whole(keys["whole"]) if "whole" in keys else None,
        defaults=_defaults(keys["defaults"], names) if "defaults" in keys else {},
    )
