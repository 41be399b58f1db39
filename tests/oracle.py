"""An independent, deliberately simple reader of the source annex, for tests to compare with.

It imports nothing of the project and nothing outside the standard library, and corrects nothing
in the text: only marks are dropped and white space squeezed.  ``python tests/oracle.py [path]``
prints its counts, after checking that what was read holds every letter of the source table.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "data" / "source" / "annex.txt"
NUMBER, TEXT, INDICATORS, TOPICS, OBSERVATIONS = range(5)  # the columns

MARK = re.compile(r"</?[pub]>")
# "(1-17)", "(18 - 34)": the range of directive numbers that ends a section heading.
RANGE = re.compile(r"\((\d+)\s*-\s*(\d+)\)")
TOPIC = re.compile(r"<u>(.*?)</u>([^<]*)")
# Values follow one another with no separator but the start of the next one.
VALUE_START = re.compile(r"(?=Categoría \d|No hay)")
# What follows the number varies (spaces, a colon, dashes of two kinds), so it is not looked at.
CATEGORY = re.compile(r"Categoría (\d+)\b")


@dataclass(frozen=True)
class OracleDirective:
    """One directive as the source has it; ``topics`` are (label, values) pairs."""

    number: int
    section: int
    text: str
    indicators: tuple[str, ...]
    topics: tuple[tuple[str, tuple[str, ...]], ...]
    observations: tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    """A directive's source cells: one list of five per page that the row stands on."""

    number: int
    section: int
    pages: list[list[str]]

    def cell(self, column: int) -> str:
        """Return one raw cell, the pieces that page breaks made of it joined by a space."""
        return " ".join(page[column] for page in self.pages)


def _squeeze(text: str) -> str:
    """Drop the marks and squeeze white space to single spaces."""
    return " ".join(MARK.sub(" ", text).split())


def _rows(path: Path | str) -> list[_Row]:
    """Return the directive rows in source order; raise ValueError on a line of no known kind."""
    rows: list[_Row] = []
    section = first = last = 0
    # Not splitlines(): only a line feed ends a row.
    for line in Path(path).read_text(encoding="utf-8").split("\n"):
        cells = line.split("\t")
        if not line.strip() or line == "## ANEXO" or cells[NUMBER] == "N°":
            continue  # blank line, title, (repeated) header row
        if all(re.fullmatch(r"-+", cell) for cell in cells):
            continue  # separator row
        if line.startswith(("## ", "<b>")):
            heading = RANGE.search(line)
            if heading is None:
                raise ValueError(f"section heading without a range: {line!r}")
            section, first, last = section + 1, int(heading[1]), int(heading[2])
        elif len(cells) == 5 and cells[NUMBER].isdigit() and first <= int(cells[NUMBER]) <= last:
            rows.append(_Row(int(cells[NUMBER]), section, [cells]))
        elif len(cells) == 5 and not cells[NUMBER] and rows:
            rows[-1].pages.append(cells)  # the rest of a row that a page break cut in two
        else:
            raise ValueError(f"unexpected line: {line!r}")
    return rows


def _paragraphs(row: _Row, column: int) -> tuple[str, ...]:
    """Return the paragraphs of a cell.

    Whether a cell has <p> marks differs from page to page of one row, so each page is split by
    its own means: at the marks or, when there are none, at two or more spaces.  A page's first
    paragraph continues the page before when that one broke off without a full stop.  (The next
    paragraph's first letter tells nothing: in 27 the page breaks at "Policía / Nacional".)
    """
    found: list[str] = []
    for page in row.pages:
        cell = page[column]
        pieces = re.split(r"</?p>" if "<p>" in cell else r"\s{2,}", cell)
        new = [text for text in map(_squeeze, pieces) if text]
        if found and new and not found[-1].endswith("."):
            found[-1] += " " + new.pop(0)
        found += new
    return tuple(found)


def _topics(row: _Row) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the (label, values) pairs.

    The <u> marks alone tell labels from values, so paragraphs and pages do not matter here.
    """
    cell = re.sub(r"</?p>", " ", row.cell(TOPICS))
    return tuple(
        (_squeeze(label), tuple(v for v in map(_squeeze, VALUE_START.split(values)) if v))
        for label, values in TOPIC.findall(cell)
    )


def read(path: Path | str) -> list[OracleDirective]:
    """Return the directives of the source in its order."""
    return [
        OracleDirective(
            number=row.number,
            section=row.section,
            text=_squeeze(row.cell(TEXT)),
            indicators=_paragraphs(row, INDICATORS),
            topics=_topics(row),
            observations=_paragraphs(row, OBSERVATIONS),
        )
        for row in _rows(path)
    ]


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def letters(path: Path | str) -> dict[tuple[int, int], str]:
    """Return all letters and digits of every source cell, by (directive number, column 0..4).

    Letters and digits are what ``str.isalnum`` says they are, which includes the º of "Nº".
    """
    return {
        (row.number, column): _letters(MARK.sub(" ", row.cell(column)))
        for row in _rows(path)
        for column in range(5)
    }


def category_number(value: str) -> int | None:
    """Return the number in a "Categoría N - name" value, None for any other value."""
    match = CATEGORY.match(value)
    return int(match[1]) if match else None


def main() -> None:
    """Check that no letter was lost or added, and print the counts."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    directives, cells = read(path), letters(path)
    for d in directives:
        topics = "".join(label + "".join(values) for label, values in d.topics)
        lists = "".join(d.indicators), topics, "".join(d.observations)
        for column, text in enumerate((str(d.number), d.text, *lists)):
            if _letters(text) != cells[d.number, column]:
                raise SystemExit(f"directive {d.number}, column {column}: letters differ")
    sections = [d.section for d in directives]
    values = [value for d in directives for _, found in d.topics for value in found]
    numbers = [n for n in map(category_number, values) if n is not None]
    none = values.count("No hay")
    print("directives", len(directives), [sections.count(s) for s in sorted(set(sections))])
    print("indicators", sum(len(d.indicators) for d in directives))
    print("topics", sum(len(d.topics) for d in directives))
    print("category values", len(numbers), "over", len(set(numbers)), "categories")
    print("No hay", none, "other values", len(values) - len(numbers) - none)
    print("observations", sum(len(d.observations) for d in directives))


if __name__ == "__main__":
    main()
