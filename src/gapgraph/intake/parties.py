"""Who is compared with what, where nobody says: names from headings, the language from words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from gapgraph.grid import SUFFIXES, Grid
from gapgraph.intake.mapping import Parties, TableMapping
from gapgraph.intake.words import IntakeWords, fold
from gapgraph.namespaces import slug

__all__ = ["guessed_parties", "language_of", "stem_of"]

#: How many words of a language must stand in a table, and how many times those of the next one.
_LEAST, _LEAD = 4, 1.2
#: What a table only repeats of its framework.
_OF_FRAMEWORK = ("section", "text", "indicator")


def guessed_parties(
    file: Path, grid: Grid, mapping: TableMapping, words: IntakeWords, *, known: bool = False
) -> Parties:
    """Return who is compared, with what nobody said taken from the file's name and the headings.

    :param words: the words by which columns and languages are known
    :param known: whether the framework is known, whose own texts may be of another language
    """
    parties = mapping.parties
    stem = stem_of(file)
    headings = {column.role: column.heading for column in reversed(mapping.columns)}
    # "Plan" over a column says what it holds, and names no plan.
    names = {role: text for role, text in headings.items() if fold(text) not in words.headings}
    its = {place for role in _OF_FRAMEWORK for place in mapping.of_role(role)} if known else set()
    texts = (
        cell.text
        for row in grid.rows
        for place, cell in enumerate(row)
        if not cell.covered and (place not in its or row[0].row <= mapping.header_row)
    )
    return replace(
        parties,
        framework=parties.framework or stem,
        framework_label=parties.framework_label
        or ("" if parties.framework else names.get("text") or names.get("directive", "")),
        plan=parties.plan or stem,
        plan_label=parties.plan_label or names.get("element", ""),
        language=parties.language or language_of(texts, words.languages),
    )


def stem_of(file: Path) -> str:
    """Return the slug of a file's name without its suffix.

    >>> stem_of(Path("asvs-4.0.3.csv")), stem_of(Path("eye.sssom.tsv"))
    ('asvs-4-0-3', 'eye')
    """
    name = file.name.casefold()
    suffix = next((each for each in SUFFIXES if name.endswith(each)), file.suffix)
    return slug(file.name[: len(file.name) - len(suffix)]) or "table"


def language_of(texts: Iterable[str], words: Mapping[str, str]) -> str:
    """Return the language of texts by their usual words; nothing where none stands out.

    :param words: the languages of usual words, parted by spaces
    """
    found: Counter[str] = Counter()
    for text in texts:
        for word in re.findall(r"[^\W\d_]+", text.casefold()):
            for language in words.get(word, "").split():
                found[language] += 1
    ranked = [*found.most_common(2), ("", 0), ("", 0)]
    (first, most), (_, next_most) = ranked[:2]
    return first if most >= _LEAST and most >= _LEAD * next_most else ""
