"""A first mapping of a table, guessed from its headings and contents; each guess says why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gapgraph.errors import UsageError
from gapgraph.grid import Cell, Grid
from gapgraph.intake.mapping import Column, Parties, TableMapping, column_named
from gapgraph.intake.words import CLASSES, ROLES, IntakeWords
from gapgraph.told import told

__all__ = ["ELEMENT_PATTERN", "choose_table", "guess_mapping", "headings"]

#: How parts of plans are numbered: a code, perhaps after a word for its kind, then a name.
ELEMENT_PATTERN = (
    r"(?:[^\W\d_]+ )?(?P<code>[A-Z]{0,6}[.:-]?\d+(?:[.-]\d+)*[a-z]?(?:\([0-9a-z]+\))*)"
    r"(?:[\s:.,–—-]+(?P<label>.+))?"
)
#: Text behind an identifier in one cell: ``3. Text``, ``Article 2 – Text``.
_LEADING_ID = r"((?:[^\W\d_]+ )?[A-Z]{0,6}[.-]?\d[\w().-]*?)[.:)]?\s+(?=\S{2})"
#: Roles that one column plays at most.
_SINGLE = frozenset({"directive", "text", "topic", "label", "relation", "degree", "status"})
#: The forms of mapping sets, and a pattern that takes all words for a code.
_MAPPINGS = (".sssom.tsv", ".json")
_WHOLE = "(?P<code>.+)"
_LOOKED_AT = 15
_SEPARATORS = (" / ", ";", " | ", ", ")


def headings(grid: Grid, header_row: int) -> list[str]:
    """Return the headings of a grid's columns; empty ones where no row holds them."""
    for row in grid.rows:
        if row[0].row == header_row:
            return [" ".join(cell.text.split()) for cell in row]
    return [""] * grid.width


def choose_table(path: Path, grids: Sequence[Grid], words: IntakeWords, named: str = "") -> Grid:
    """Return the table that holds the comparison.

    :param named: its name, or its number from 1
    :raises UsageError: where no table has that name
    """
    if named:
        for number, grid in enumerate(grids, start=1):
            if named in (grid.name, str(number)):
                return grid
        names = ", ".join(repr(grid.name or str(n)) for n, grid in enumerate(grids, start=1))
        raise UsageError(
            told("{path} has no table {named!r}", path=path.name, named=named),
            todo=told("name one of {these}", these=names),
        )
    visible = [grid for grid in grids if not grid.hidden] or list(grids)
    return max(visible, key=lambda grid: (len(_header(grid, words)[1]), len(grid.rows)))


def guess_mapping(
    path: Path,
    grid: Grid,
    words: IntakeWords,
    *,
    columns: Iterable[tuple[str, str]] = (),
    values: Iterable[tuple[str, str]] = (),
    parties: Parties,
    header_row: int | None = None,
) -> TableMapping:
    """Return a mapping of a table.

    :param columns: roles and columns that a person named: ``("topic", "F")``
    :param values: classes and words that a person named: ``("none", "No existe")``
    :param parties: what is known of framework, plan, State and language
    :param header_row: the row of the column headings, 0 for none; guessed where nobody says
    :raises UsageError: where a role, class or column that was named is not there
    """
    found_row, roles = _header(grid, words)
    if header_row is None:
        header_row = found_row
    elif header_row != found_row:
        row = next((row for row in grid.rows if row[0].row == header_row), ())
        roles = {n: role for n, cell in enumerate(row) if (role := words.role(cell.text))}
    names = headings(grid, header_row)
    given: dict[int, str] = {}
    for role, reference in columns:
        if role not in ROLES:
            raise UsageError(
                told("there is no role {role!r}", role=role),
                todo=told("use {these}", these=", ".join(ROLES)),
            )
        given[column_named(reference, names, role)] = role
    body = [row for row in grid.rows if row[0].row > header_row]
    found = _columns(names, given, roles)
    found += _by_content(body, names, found)
    named: dict[str, list[str]] = {name: [] for name in CLASSES}
    # What a mapping set maps to is named by its identifier alone.
    pattern = _WHOLE if path.name.lower().endswith(_MAPPINGS) else ""
    for name, word in values:
        if name not in named:
            raise UsageError(
                told("there is no class {name!r}", name=name),
                todo=told("use {these}", these=", ".join(CLASSES)),
            )
        if name == "element" and word == "*":
            # Whoever says so takes every other value for an element; what another column names,
            # is a code.
            labelled = any(column.role == "label" for column in found)
            pattern = _WHOLE if labelled or pattern else ".+"
        else:
            named[name].append(word)
    by_role = {role: [c.index for c in found if c.role == role] for role in ROLES}
    literals = [cell.text for row in body for i in by_role["element"] if (cell := row[i]).text]
    separators = tuple(mark for mark in _SEPARATORS if _parts_codes(literals, mark))
    return TableMapping(
        file=path.name,
        table=grid.name,
        header_row=header_row,
        columns=tuple(sorted(found, key=lambda column: column.index)),
        topic_mark=_topic_mark(body, by_role),
        parties=parties,
        separators=separators,
        directive_id=_LEADING_ID if _leads(body, by_role) else "",
        element_id=pattern or ELEMENT_PATTERN,
        values={name: tuple(words) for name, words in named.items() if words},
    )


def _header(grid: Grid, words: IntakeWords) -> tuple[int, dict[int, str]]:
    """Return the row of the column headings and the roles that they name; 0 for none."""
    best: tuple[int, dict[int, str]] = (0, {})
    for row in grid.rows[:_LOOKED_AT]:
        roles = {
            place: role
            for place, cell in enumerate(row)
            if 0 < len(cell.text) <= 120
            and not (cell.covered and place and row[place - 1].text == cell.text)
            and (role := words.role(cell.text))
        }
        if len(set(roles.values())) > max(1, len(set(best[1].values()))):
            best = (row[0].row, roles)
    if not best[1]:
        # No word of it is known: a first row that is full, and like no other, is taken for it.
        texts = [cell.text for cell in grid.rows[0]]
        if (
            len(grid.rows) > 1
            and all(texts)
            and len(set(texts)) == len(texts)
            and not any(re.fullmatch(r"[\d.,]+", text) for text in texts)
        ):
            return grid.rows[0][0].row, {}
    return best


def _columns(
    names: Sequence[str], given: Mapping[int, str], roles: Mapping[int, str]
) -> list[Column]:
    """Return the columns with the roles that were given, then those their headings name."""
    found = [Column(place, role, names[place]) for place, role in given.items()]
    taken = set(given.values())
    for place, role in roles.items():
        if place in given:
            continue
        # What a person names, the person names whole.
        if role in taken and (role in _SINGLE or role in given.values()):
            found.append(
                Column(place, "ignore", names[place], told("{role} is another column", role=role))
            )
        else:
            taken.add(role)
            found.append(Column(place, role, names[place], told("by its heading")))
    return found


def _by_content(
    body: Sequence[Sequence[Cell]], names: Sequence[str], found: Sequence[Column]
) -> list[Column]:
    """Return the columns whose heading says nothing, with a role that their contents suggest."""
    taken = {column.role for column in found}
    rest = [place for place in range(len(names)) if place not in {c.index for c in found}]
    added: list[Column] = []

    def take(place: int, role: str, why: str) -> None:
        rest.remove(place)
        taken.add(role)
        added.append(Column(place, role, names[place], why))

    for place in list(rest):
        texts = [row[place].text for row in body if row[place].text and not row[place].covered]
        if "directive" not in taken and texts and _identifiers(texts):
            take(place, "directive", told("by its contents: short, and each once"))
    if "text" not in taken and "directive" in taken:
        lengths = {
            place: sum(len(row[place].text) for row in body) / max(1, len(body)) for place in rest
        }
        longest = max(lengths, key=lambda place: lengths[place], default=None)
        if longest is not None and lengths[longest] > 40:
            take(longest, "text", told("by its contents: the longest"))
    return added + [Column(place, "ignore", names[place], told("unknown")) for place in rest]


def _identifiers(texts: Sequence[str]) -> bool:
    short = [text for text in texts if len(text) <= 24 and re.search(r"\d", text)]
    return len(short) > 0.9 * len(texts) and len(set(short)) > 0.9 * len(short)


def _parts_codes(literals: Sequence[str], mark: str) -> bool:
    """Tell whether a mark stands between codes, in every cell that holds it."""
    holding = [line for text in literals for line in text.split("\n") if mark in line]
    return bool(holding) and all(
        re.fullmatch(r"[A-Z]{0,6}[.-]?\d+(?:[.-]\d+)*[a-z]?(?:\([0-9a-z]+\))*", part.strip())
        for text in holding
        for part in text.split(mark)
    )


def _topic_mark(body: Sequence[Sequence[Cell]], by_role: Mapping[str, Sequence[int]]) -> str:
    # A column of topics that nobody filled holds none.
    if any(row[place].text for row in body for place in by_role["topic"]):
        return "column"
    marks: Counter[str] = Counter()
    for row in body:
        for place in by_role["element"]:
            paragraphs = row[place].paragraphs
            for mark in ("underline", "bold"):
                marked = [paragraph.marked(mark) for paragraph in paragraphs]
                marks[mark] += any(marked) and not all(marked)
    usual = marks.most_common(1)
    return usual[0][0] if usual and usual[0][1] else "none"


def _leads(body: Sequence[Sequence[Cell]], by_role: Mapping[str, Sequence[int]]) -> bool:
    """Tell whether identifiers and texts stand together in the directives' column."""
    if by_role["text"] or not by_role["directive"]:
        return False
    texts = [row[by_role["directive"][0]].text for row in body]
    filled = [text for text in texts if text]
    leading = [text for text in filled if len(text) > 40 and re.match(_LEADING_ID, text)]
    return bool(filled) and len(leading) > 0.5 * len(filled)
