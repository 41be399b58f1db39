"""A language's tables, and what an analysis adds to them or puts in their place.

``data/reading/{language}/`` holds what is of a language: how it cuts, denies, limits, names a
subject.  The names of a State and the reviewed decisions lie beside these folders.  An analysis may
have a folder ``reading/`` beside its table, with some of the same files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.tables import Row, read_tsv
from gapgraph.told import told

__all__ = ["FOLDER", "Pack", "find_pack", "plain_language"]

#: The folder of the tables: within ``data/``, and within an analysis's own folder.
FOLDER = "reading"


def plain_language(tag: str) -> str:
    """Return a BCP 47 tag without region and script: ``pt`` of ``pt-BR``."""
    return tag.partition("-")[0].lower()


@dataclass(frozen=True)
class Pack:
    """The tables by which one language is read.

    :param language: its tag, without a region
    :param folders: where the tables lie, the analysis's own folder last
    :param own: the analysis's own folder, if it has one
    """

    language: str
    folders: tuple[Path, ...]
    own: Path | None = None

    def file(self, name: str) -> Path:
        """Return the file that messages about a table name: the last there is.

        :raises InputError: where there is none
        """
        found = [folder / name for folder in self.folders if (folder / name).is_file()]
        if not found:
            raise InputError(
                told(
                    "is missing, and texts in {language!r} are read by it", language=self.language
                ),
                todo=told("write it, or remove the folder: the texts are unread then"),
                file=self.folders[-1] / name,
            )
        return found[-1]

    def has(self, name: str) -> bool:
        """Tell whether there is such a table."""
        return any((folder / name).is_file() for folder in self.folders)

    def rows(self, name: str, columns: Sequence[str]) -> list[Row]:
        """Return a table's rows.

        A row is known by its first cell: one of the analysis's own takes the place of the
        language's row of that name, or comes after all of them.

        :raises InputError: where no folder has the table, it cannot be read, or one file has two
            rows of one name
        """
        self.file(name)
        rows: dict[str, Row] = {}
        for folder in self.folders:
            if not (folder / name).is_file():
                continue
            here = set()
            for row in read_tsv(folder / name, columns):
                if row[columns[0]] in here:
                    raise row.fail(
                        told("{value!r} has a row already", value=row[columns[0]]),
                        told("keep one of them"),
                    )
                here.add(row[columns[0]])
                rows[row[columns[0]]] = row
        return list(rows.values())


def find_pack(data: Path, language: str, own: Path | None = None) -> Pack | None:
    """Return the tables that read a language, if there are any.

    :param data: the project's data folder
    :param language: a BCP 47 tag
    :param own: the analysis's own folder of tables, where its texts are in this language
    """
    plain = plain_language(language)
    folders = [data / FOLDER / plain] if plain else []
    folders += [own] if own else []
    there = tuple(folder for folder in folders if folder.is_dir() and any(folder.glob("*.tsv")))
    return Pack(plain, there, own if own in there else None) if there else None
