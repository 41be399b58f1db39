"""The ``#+`` header of a stored query: YAML that says what the query asks.

The decorators are those of grlc (``summary``, ``description``, ``tags``, ``defaults``,
``enumerate``), with each text in Spanish; ``parameters`` and ``columns`` name what the dictionary
describes.  A text may also give its translations itself, as ``{es: …, en: …}``.
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
from gapgraph.queries.fields import Choices, Column, Dictionary, Parameter
from gapgraph.queries.nodes import Node, root
from gapgraph.queries.translations import Translations
from gapgraph.texts import SOURCE, Text

__all__ = ["GRAPHS", "VIEWS", "Header", "Need", "Whole", "read_header"]

#: How a result may best be shown.
VIEWS = ("table", "bars", "matrix")
#: The kinds of named graphs a query may need, as the public contract names them.
GRAPHS = (
    "ontology", "framework", "plan", "asserted", "derived", "inferred", "reviewed", "findings",
    "context", "translations", "links", "queries", "meta",
)  # fmt: skip

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PLACE = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Whole:
    """What the rows of a query are a part of.

    :param query: the id of the stored query that lists the whole
    :param label: what its rows are, in the plural
    """

    query: str
    label: Text


@dataclass(frozen=True)
class Need:
    """Linked data that the rows of a query come from, and that a dataset may lack.

    :param pattern: a graph pattern that those data match, with the query's prefixes and parameters
    :param text: what is missing where nothing matches, and how it gets there
    :param line: where it stands in its file
    """

    pattern: str
    text: Text
    line: int


@dataclass(frozen=True)
class Header:
    """What a header says.

    :param summary: the title
    :param sentence: what is asked, as a sentence with ``{name}`` for each parameter it speaks of;
        a part in brackets is left out where its parameter is left open
    :param tags: its keywords in Spanish, by which queries are grouped
    :param keywords: the same keywords in each language
    :param columns: in the order of the projection; none for a query that builds RDF
    :param view: one of `VIEWS`
    :param graphs: the kinds of named graphs it needs, from `GRAPHS`
    :param questions: the competency questions it answers, by number
    :param whole: what its rows are a part of, where another query lists that
    :param needs: linked data without which it has no rows, each leading to the next
    :param defaults: values by parameter, where the header repeats them as grlc has them
    :param aliases: names of the version before that are still understood, with those of now
    :param lines: how many lines of the file the header takes
    """

    summary: Text
    description: Text
    sentence: Text
    tags: tuple[str, ...]
    keywords: tuple[Text, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    view: str
    graphs: tuple[str, ...]
    questions: tuple[int, ...]
    lines: int
    whole: Whole | None
    needs: tuple[Need, ...]
    defaults: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]

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

    def renamed(self, name: str, known: Iterable[str]) -> str:
        """Return what a name of the version before is called now; any other name as it is.

        :param known: the names that there are, none of which is taken for an old one
        """
        new = self.aliases.get(name, name)
        return new if name not in known and new in known else name

    def spoken(self) -> tuple[str, ...]:
        """Return the names of the parameters that the sentence speaks of, in their order."""
        return tuple(dict.fromkeys(_PLACE.findall(self.sentence[SOURCE])))

    def pieces(self, lang: str) -> tuple[tuple[str, str], ...]:
        """Return the sentence cut up for a form: words, and the name of the parameter after them.

        Of "Topics of directive {number}" these are ``("Topics of directive ", "number")`` and
        ``("", "")``.
        """
        cut = _PLACE.split(_PART.sub(r"\1", self.sentence[lang]))
        return tuple(zip(cut[::2], [*cut[1::2], ""], strict=True))


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


def _check_sentence(
    given: Node, sentence: Text, parameters: Iterable[str], translations: Translations, query: str
) -> None:
    """Check that a sentence speaks of parameters that are there, the same in every language."""
    known, spoken = set(parameters), set(_PLACE.findall(sentence[SOURCE]))
    for lang, words in sentence.words.items():
        at = translations.node(lang, "queries", query, "sentence") or given
        # In the order the sentence is filled in: parts in brackets, then names in braces.
        left = _PLACE.sub("", _PART.sub(r"\1", words))
        for mark in "{}[]":
            if mark in left:
                at.fail(f"the sentence has a {mark!r} without its other half", "write both")
        for strange in sorted({*_PLACE.findall(words)} - known):
            at.fail(f"the sentence speaks of {strange!r}, which is no parameter", "declare it")
        if {*_PLACE.findall(words)} != spoken:
            at.fail("the sentences speak of different parameters", "name the same in all")


def read_header(file: Path, content: str, dictionary: Dictionary) -> Header:
    """Read the header of a stored query.

    :param file: the file, for messages
    :param content: its whole text, whose first lines start with ``#+``
    :param dictionary: the columns and parameters it may name
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
        (
            "questions",
            "parameters",
            "columns",
            "whole",
            "needs",
            "defaults",
            "enumerate",
            "aliases",
        ),
    )
    path = ("queries", file.stem)
    translations = dictionary.translations
    parameters = _parameters(keys, dictionary, path)
    names = [each.name for each in parameters]
    sentence = translations.text(keys["sentence"], *path, "sentence")
    _check_sentence(keys["sentence"], sentence, names, translations, file.stem)
    tags = tuple(each.text() for each in keys["tags"].different())
    described = keys["columns"].entries() if "columns" in keys else []
    columns = tuple(dictionary.column(at, at.text(), own, *path) for at, own in described)
    return Header(
        summary=translations.text(keys["summary"], *path, "summary"),
        description=translations.text(keys["description"], *path, "description"),
        sentence=sentence,
        tags=tags,
        keywords=tuple(dictionary.tag(each) for each in keys["tags"].different()),
        parameters=parameters,
        columns=columns,
        view=keys["view"].one_of(VIEWS),
        graphs=tuple(each.one_of(GRAPHS) for each in keys["graphs"].different()),
        questions=(
            tuple(each.number(1) for each in keys["questions"].different())
            if "questions" in keys
            else ()
        ),
        lines=len(lines),
        whole=_whole(keys["whole"], translations, path) if "whole" in keys else None,
        needs=_needs(keys["needs"], translations, path) if "needs" in keys else (),
        defaults=_defaults(keys["defaults"], names) if "defaults" in keys else {},
        aliases=_aliases(keys["aliases"], {*names, *(each.name for each in columns)})
        if "aliases" in keys
        else {},
    )


def _aliases(given: Node, known: set[str]) -> dict[str, str]:
    """Read which names of an earlier version are understood, and what they are called now."""
    found = {name: node.text() for name, node in given.fields().items()}
    for new in found.values():
        if new not in known:
            given.fail(f"{new!r} is no column or parameter", "name what the query has now")
    return found


def _whole(given: Node, translations: Translations, path: tuple[str, ...]) -> Whole:
    """Read what the rows are a part of."""
    keys = given.keys(("query", "label"))
    query = keys["query"].matching(_ID, "the id of a stored query")
    return Whole(query, translations.text(keys["label"], *path, "whole"))


def _needs(given: Node, translations: Translations, path: tuple[str, ...]) -> tuple[Need, ...]:
    """Read which linked data a query needs."""
    found = []
    for name, node in given.fields().items():
        keys = node.keys(("pattern", "text"))
        text = translations.text(keys["text"], *path, "needs", name)
        found.append(Need(keys["pattern"].text(), text, node.line))
    return tuple(found)


def _parameters(
    keys: Mapping[str, Node], dictionary: Dictionary, path: tuple[str, ...]
) -> tuple[Parameter, ...]:
    """Read the parameters, with what ``enumerate`` says of them."""
    found: tuple[Parameter, ...] = ()
    if "parameters" in keys:
        found = tuple(
            dictionary.parameter(at, at.text(), own, *path)
            for at, own in keys["parameters"].entries()
        )
    if "enumerate" in keys:
        found = _enumerated(keys["enumerate"], found)
    for each in found:
        if each.kind == "enumerated" and each.choices is None:
            raise InputError(
                f"{each.name!r} is enumerated without a list",
                todo="write choices: [one, two]",
                file=keys["summary"].file,
                line=each.line,
            )
    return found
