"""The ``#+`` header of a stored query: YAML that says what the query asks, in two languages.

The decorators are those of grlc (``summary``, ``description``, ``tags``, ``pagination``), with
each text in Spanish and English; ``parameters`` holds what grlc splits between ``defaults`` and
``enumerate``.  A default is not repeated here: it stands in the query's own ``VALUES`` block.
Every key is checked: one that is unknown, missing or twice there is an error at its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

import yaml

from gapgraph.errors import InputError

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

_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PLACE = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_Value = TypeVar("_Value")
#: libyaml's loader where it is there: ten times faster, the same nodes.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    :param query: else the id of the stored query that lists them
    :param value: that query's column of values
    :param label: that query's column of labels
    """

    values: tuple[str, ...] = ()
    query: str = ""
    value: str = ""
    label: str = ""


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
class Header:
    """What a header says.

    :param summary: the title
    :param sentence: what is asked, as a sentence with ``{name}`` for each parameter it speaks of;
        a part in brackets is left out where its parameter is left open
    :param columns: described in the order of the projection; none for a query that builds RDF
    :param view: one of `VIEWS`
    :param graphs: the kinds of named graphs it needs, from `GRAPHS`
    :param questions: the competency questions it answers, by number
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

    def ask(self, values: Mapping[str, Sequence[str]], lang: str) -> str:
        """Return the sentence with values in it.

        A part in brackets goes where a parameter it speaks of is left open.

        :param values: values by parameter, as `check_values` of the binding gives them
        """

        def part(match: re.Match[str]) -> str:
            names = _PLACE.findall(match[1])
            return match[1] if all(values.get(name) for name in names) else ""

        joined = {name: ", ".join(given) for name, given in values.items()}
        kept = _PART.sub(part, self.sentence[lang])
        return _PLACE.sub(lambda match: joined.get(match[1], ""), kept)


@dataclass(frozen=True)
class _Reader:
    """A YAML node, and the file that errors about it name."""

    file: Path
    node: yaml.Node

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def fail(self, what: str, todo: str) -> NoReturn:
        raise InputError(what, todo=todo, file=self.file, line=self.line)

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.fail("is not a text", "write one")
        return " ".join(str(self.node.value).split())

    def one_of(self, allowed: Iterable[str]) -> str:
        value, known = self.text(), tuple(allowed)
        if value not in known:
            self.fail(f"{value!r} is not allowed here", f"use one of {', '.join(known)}")
        return value

    def matching(self, pattern: re.Pattern[str], what: str) -> str:
        value = self.text()
        if not pattern.fullmatch(value):
            self.fail(f"{value!r} is not {what}", f"write {what}")
        return value

    def number(self) -> int:
        return int(self.matching(re.compile(r"[0-9]{1,6}"), "a whole number"))

    def items(self) -> list[_Reader]:
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            self.fail("is not a list", "write [one, two]")
        return [_Reader(self.file, each) for each in self.node.value]

    def fields(self) -> dict[str, _Reader]:
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("is not a group of keys", "write key: value")
        found: dict[str, _Reader] = {}
        for key, value in self.node.value:
            name = _Reader(self.file, key)
            if name.text() in found:
                name.fail(f"{name.text()!r} stands twice", "keep one")
            found[name.text()] = _Reader(self.file, value)
        return found

    def keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, _Reader]:
        found, needed = self.fields(), tuple(required)
        known = (*needed, *optional)
        assert isinstance(self.node, yaml.MappingNode)
        for key, _ in self.node.value:
            if key.value not in known:
                _Reader(self.file, key).fail(
                    f"unknown key {key.value!r}", f"use one of {', '.join(known)}"
                )
        for name in needed:
            if name not in found:
                self.fail(f"{name!r} is missing", "write it")
        return found

    def bilingual(self) -> Bilingual:
        if isinstance(self.node, yaml.ScalarNode):
            self.fail("has one language", "write it under es: and en:")
        both = self.keys(LANGUAGES)
        return Bilingual(both["es"].text(), both["en"].text())

    def named(self, make: Callable[[str, _Reader], _Value]) -> tuple[_Value, ...]:
        made = []
        for name, value in self.fields().items():
            if not _NAME.fullmatch(name):
                value.fail(f"{name!r} is no name", "use letters and digits, a small letter first")
            made.append(make(name, value))
        return tuple(made)


def _parameter(name: str, given: _Reader) -> Parameter:
    """Read a parameter; its default is read from the query later."""
    if name in RESERVED:
        given.fail(f"{name!r} means something to every query", "choose another name")
    keys = given.keys(("type", "label", "description"), ("repeats", "choices"))
    kind = keys["type"].one_of(KINDS)
    choices = _choices(keys["choices"]) if "choices" in keys else None
    if kind == "enumerated" and (choices is None or choices.query):
        given.fail(f"{name!r} is enumerated without a list", "write choices: [one, two]")
    return Parameter(
        name=name,
        kind=kind,
        default=(),
        repeats="repeats" in keys and keys["repeats"].one_of(("true", "false")) == "true",
        label=keys["label"].bilingual(),
        description=keys["description"].bilingual(),
        choices=choices,
        line=given.line,
    )


def _choices(given: _Reader) -> Choices:
    """Read the values offered: a list, or the query that lists them."""
    if isinstance(given.node, yaml.SequenceNode):
        return Choices(values=tuple(each.text() for each in given.items()))
    keys = given.keys(("query", "value", "label"))
    return Choices(
        query=keys["query"].matching(_ID, "the id of a stored query"),
        value=keys["value"].text(),
        label=keys["label"].text(),
    )


def _column(name: str, given: _Reader) -> Column:
    """Read a column."""
    keys = given.keys(("label", "description"))
    return Column(name, keys["label"].bilingual(), keys["description"].bilingual())


def _check_sentence(given: _Reader, sentence: Bilingual, parameters: Iterable[str]) -> None:
    """Check that a sentence speaks of parameters that are there, the same in both languages."""
    known = set(parameters)
    places = {lang: set(_PLACE.findall(sentence[lang])) for lang in LANGUAGES}
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
    try:
        node = yaml.compose("\n".join(lines), Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            f"the header is not YAML ({getattr(error, 'problem', None) or 'unreadable'})",
            todo="mend the indentation, quotes or colons",
            file=file,
            line=mark.line + 1 if mark else 1,
        ) from error
    if node is None:
        raise InputError("the header is empty", todo="write summary:", file=file, line=1)
    keys = _Reader(file, node).keys(
        ("summary", "description", "sentence", "tags", "view", "graphs"),
        ("questions", "parameters", "columns", "pagination"),
    )
    parameters = keys["parameters"].named(_parameter) if "parameters" in keys else ()
    sentence = keys["sentence"].bilingual()
    _check_sentence(keys["sentence"], sentence, (each.name for each in parameters))
    return Header(
        summary=keys["summary"].bilingual(),
        description=keys["description"].bilingual(),
        sentence=sentence,
        tags=tuple(each.text() for each in keys["tags"].items()),
        parameters=parameters,
        columns=keys["columns"].named(_column) if "columns" in keys else (),
        view=keys["view"].one_of(VIEWS),
        graphs=tuple(each.one_of(GRAPHS) for each in keys["graphs"].items()),
        questions=(
            tuple(each.number() for each in keys["questions"].items())
            if "questions" in keys
            else ()
        ),
        pagination=keys["pagination"].number() if "pagination" in keys else 0,
        lines=len(lines),
    )
