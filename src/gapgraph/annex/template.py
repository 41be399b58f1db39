"""A table to be filled: the directives of a framework, and the words that say something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph

from gapgraph.annex.export import in_order, words_of
from gapgraph.annex.forms import Leaf, Line, Lines, lines_of, written
from gapgraph.annex.framework import FrameworkText
from gapgraph.errors import InputError, UsageError
from gapgraph.intake.catalogue import KnownFramework
from gapgraph.intake.words import IntakeWords
from gapgraph.namespaces import GG, ID
from gapgraph.tables import read_tsv
from gapgraph.told import joined, told

__all__ = ["TemplateWords", "read_template_words", "template_files"]

#: What is filled, and what it is filled with; the framework gives the columns before them.
_FILLED = ("topic", "element", "status", "observation", "ignore")
#: What a cell may say by a word of the lists, and the column where it says so.
_SAID = {
    "none": "element",
    "notApplicable": "element",
    "partial": "status",
    "addressed": "status",
}
_WIDTHS = {
    "section": 18, "directive": 8, "text": 60, "indicator": 36, "topic": 24, "element": 36,
    "status": 14, "observation": 50, "ignore": 24,
}  # fmt: skip
#: The words that a language needs: of headings, of remarks, and of the table of words.
_NAMES = (
    *_WIDTHS, "table", "guide", *(f"fill {role}" for role in _FILLED),
    "words", "word", "meaning", "where", *(f"says {name}" for name in _SAID),
)  # fmt: skip


@dataclass(frozen=True)
class TemplateWords:
    """The words of tables to be filled, by language and name (``data/intake/template.tsv``)."""

    words: Mapping[str, Mapping[str, str]]

    def of(self, language: str) -> Mapping[str, str]:
        """Return the words of a language.

        :raises UsageError: where there are none, with the languages that there are
        """
        found = self.words.get(language.partition("-")[0])
        if found is None:
            raise UsageError(
                told("there is no table to fill in {language!r}", language=language),
                todo=told("give --language {words}", words=", ".join(self.words)),
            )
        return found


def read_template_words(data: Path) -> TemplateWords:
    """Read the words of tables to be filled.

    :param data: the folder ``data/``
    :raises InputError: where a language lacks some of them, with all that are missing
    """
    file = data / "intake" / "template.tsv"
    found: dict[str, dict[str, str]] = {}
    for row in read_tsv(file, ("language", "name", "words")):
        found.setdefault(row["language"], {})[row["name"]] = row["words"]
    lacking = {
        language: [name for name in _NAMES if not words.get(name)]
        for language, words in found.items()
    }
    lacks = [
        told("{language} lacks {names}", language=language, names=", ".join(names))
        for language, names in lacking.items()
        if names
    ]
    if lacks or not found:
        raise InputError(
            joined("; ", lacks) or told("no language has words"),
            todo=told("add a row with language, name and words for each"),
            file=file,
        )
    return TemplateWords(found)


def template_files(
    known: KnownFramework,
    words: IntakeWords,
    said: Mapping[str, str],
    *,
    form: str,
    language: str,
) -> dict[str, bytes]:
    """Return a table to be filled, by what its name goes on with: comma-separated text takes two.

    :param known: the framework whose directives it holds
    :param words: the words by which values are known
    :param said: the words of tables to be filled, in the language
    :param form: one of ``FORMS``
    """
    table, listed = _table(known, words, said, language), _words(words, said, language)
    if form == "csv":
        return {
            ".csv": written(form, [table], language),
            "-words.csv": written(form, [listed], language),
        }
    return {f".{form}": written(form, [table, listed], language)}


def _table(
    known: KnownFramework, words: IntakeWords, said: Mapping[str, str], language: str
) -> Leaf:
    """Return the table of the directives."""
    graph = Graph()
    for triple in known.triples:
        graph.add(triple)
    framework = ID[f"framework/{known.slug}"]
    text = FrameworkText(graph, framework)
    depth = max((len(text.path(each)) for each in text.directives), default=0)
    roles = [*["section"] * depth, "directive", "text"]
    with_indicators = any(graph.objects(None, GG.hasIndicator))
    roles += [*(["indicator"] if with_indicators else []), *_FILLED]
    above: list[tuple[Lines, ...]] = [
        (line, *((),) * (len(roles) - 1))
        for line in ((Line(str(framework)),), (Line(known.label),), (Line(said["guide"]),))
    ]
    rows = [*above, tuple(lines_of(said[role]) for role in roles)]
    for directive in text.directives:
        titles = [" ".join(filter(None, level)) for level in text.path(directive)]
        cells = [*titles, *[""] * (depth - len(titles))]
        cells += [text.notation(directive), text.text(directive)]
        if with_indicators:
            indicators = in_order(graph, graph.objects(directive, GG.hasIndicator))
            cells.append("\n".join(words_of(graph, each, GG.text) for each in indicators))
        rows.append(tuple(map(lines_of, (*cells, *[""] * len(_FILLED)))))
    return Leaf(
        said["table"],
        tuple(rows),
        header=len(above) + 1,
        choices={roles.index("status"): tuple(words.word(name, language) for name in _SAID)},
        widths={place: _WIDTHS[role] for place, role in enumerate(roles)},
        notes={roles.index(role): said[f"fill {role}"] for role in _FILLED},
    )


def _words(words: IntakeWords, said: Mapping[str, str], language: str) -> Leaf:
    """Return the table of the words that say something, and of what each column takes."""
    rows = [(said["word"], said["meaning"], said["where"])]
    family = language.partition("-")[0]
    for name, role in _SAID.items():
        both = " / ".join(dict.fromkeys((said[role], said["status"])))
        rows += [
            (each, said[f"says {name}"], both) for each in words.listed.get((family, name), ())
        ]
    rows += [("", said[f"fill {role}"], said[role]) for role in _FILLED]
    return Leaf(
        said["words"],
        tuple(tuple(map(lines_of, row)) for row in rows),
        widths={0: 24, 1: 80, 2: 20},
    )
