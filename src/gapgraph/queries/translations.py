"""The texts of stored queries in languages other than Spanish: one YAML file for each.

A file ``texts/en.yaml`` beside the queries holds the English of what ``fields.yaml`` and the
headers say in Spanish, under the same keys.  What it lacks falls back to Spanish; what
translates nothing is an error at its line, so that a renamed key leaves no orphan behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.files import read_text
from gapgraph.queries.nodes import Node, root
from gapgraph.texts import LANGUAGES, SOURCE, Text

__all__ = ["FOLDER", "MAX_BYTES", "Translations"]

#: The folder of translations, beside the queries.
FOLDER = "texts"
#: The largest file of texts that is read, in bytes.
MAX_BYTES = 4_000_000


class Translations:
    """Translated texts by what they translate.

    :param nodes: for each language, its texts by path, such as ``columns topic label``
    """

    def __init__(self, nodes: Mapping[str, Mapping[tuple[str, ...], Node]]) -> None:
        self._nodes = nodes
        self._used: set[tuple[str, ...]] = set()

    @classmethod
    def load(cls, folder: Path) -> Translations:
        """Read the translations beside the queries of a folder.

        :raises InputError: with file and line, for a file that is no catalogue of a language
        """
        nodes = {}
        for file in sorted((folder / FOLDER).glob("*.yaml")):
            if file.stem not in LANGUAGES or file.stem == SOURCE:
                raise InputError(
                    f"{file.stem!r} is no language to translate into",
                    todo=f"use one of {', '.join(each for each in LANGUAGES if each != SOURCE)}",
                    file=file,
                    line=1,
                )
            content = root(file, read_text(file, limit=MAX_BYTES), "the catalogue")
            nodes[file.stem] = dict(_leaves(content, ()))
        return cls(nodes)

    def text(self, given: Node, *path: str) -> Text:
        """Return a text with its translations.

        :param given: the text in Spanish, or texts by language where a query brings its own
        :param path: what it is, as the keys of a catalogue lead to it
        :raises InputError: where there is no Spanish
        """
        if given.is_text:
            words = {SOURCE: given.text()}
        else:
            others = tuple(each for each in LANGUAGES if each != SOURCE)
            words = {key: node.text() for key, node in given.keys((SOURCE,), others).items()}
        self._used.add(path)
        for language, nodes in self._nodes.items():
            if path in nodes:
                words.setdefault(language, nodes[path].text())
        return Text(words)

    def missing(self, language: str) -> tuple[tuple[str, ...], ...]:
        """Return the paths of the texts that a catalogue does not have."""
        return tuple(sorted(self._used - set(self._nodes.get(language, {}))))

    def node(self, language: str, *path: str) -> Node | None:
        """Return where a catalogue has a text, for messages."""
        return self._nodes.get(language, {}).get(path)

    def check(self) -> None:
        """Check that each translation has something to translate.

        :raises InputError: with file and line, for the first that has nothing
        """
        for nodes in self._nodes.values():
            for path, node in nodes.items():
                if path not in self._used:
                    node.fail(
                        f"{' › '.join(path)} translates nothing",
                        "remove it, or name what fields.yaml or a header has",
                    )


def _leaves(given: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the texts of a catalogue by the keys that lead to them."""
    for key, value in given.fields().items():
        if value.is_text:
            yield (*path, key), value
        else:
            yield from _leaves(value, (*path, key))
