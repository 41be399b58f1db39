"""Bad input: one line that says file, line, what is wrong and what to do; nothing is written."""

from __future__ import annotations

import dataclasses
import random
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Built, keeping
from gapgraph.annex.description import Description, read_description
from gapgraph.annex.graph import graph_of, turtle_of
from gapgraph.annex.parse import read_table
from gapgraph.build import build
from gapgraph.errors import InputError
from gapgraph.settings import SETTINGS, Home, Settings

SOURCE = (ROOT / "data" / "source" / "annex.txt").read_bytes()
TEXT = SOURCE.decode()
#: Makes other bytes of the source's.
Edit = Callable[[str], bytes]


def lines_edit(edit: Callable[[list[str]], None]) -> Edit:
    """An edit of the list of lines; ``lines[7]`` is line 7."""

    def apply(text: str) -> bytes:
        lines = ["", *text.split("\n")]
        edit(lines)
        return "\n".join(lines[1:]).encode()

    return apply


def swap(line: int, old: str, new: str, count: int = 1) -> Edit:
    """Replace words that stand in a line."""

    def edit(lines: list[str]) -> None:
        assert old in lines[line], (line, old)
        lines[line] = lines[line].replace(old, new, count)

    return lines_edit(edit)


def number(line: int, new: str) -> Edit:
    """Write another directive number."""

    def edit(lines: list[str]) -> None:
        lines[line] = "\t".join([new, *lines[line].split("\t")[1:]])

    return lines_edit(edit)


def remove(first: int, last: int) -> Edit:
    return lines_edit(lambda lines: lines.__delitem__(slice(first, last + 1)))


def insert(line: int, content: str) -> Edit:
    return lines_edit(lambda lines: lines.insert(line, content))


def exchange(one: int, other: int) -> Edit:
    def edit(lines: list[str]) -> None:
        lines[one], lines[other] = lines[other], lines[one]

    return lines_edit(edit)


def cell(line: int, column: int, content: str) -> Edit:
    def edit(lines: list[str]) -> None:
        cells = lines[line].split("\t")
        cells[column] = content
        lines[line] = "\t".join(cells)

    return lines_edit(edit)


def where(words: str) -> int:
    """The one line of the source that starts with these words."""
    found = [n for n, line in enumerate(TEXT.split("\n"), start=1) if line.startswith(words)]
    assert len(found) == 1, (words, found)
    return found[0]


def row(directive: int) -> int:
    """The line of a directive's row."""
    return where(f"{directive}\t")


#: The lines of the headings after the first.
SECOND, THIRD, FOURTH = (where(f"## DIRECTRICES DE {letter}") for letter in "PCA")
LAST = TEXT.rstrip("\n").count("\n") + 1

#: What is done, the line that is named (None: no line can be), and the words that tell.
CASES: dict[str, tuple[Edit, int | None, str]] = {
    "empty": (lambda _: b"", None, "the file is empty"),
    "white space only": (lambda _: b" \r\n\t\n", None, "the file is empty"),
    "byte-order mark only": (lambda _: b"\xef\xbb\xbf", None, "the file is empty"),
    "binary: an image": (lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 3, "is binary, not text"),
    "binary: a NUL in a row": (swap(row(8), "Elaborar", "Elab\0rar"), row(8), "is binary"),
    "UTF-16": (lambda text: text.encode("utf-16-le"), 2, "is binary, not text"),
    "Latin-1": (lambda text: text.encode("latin-1", "replace"), 6, "not UTF-8 (is it Latin"),
    "one broken byte": (
        lambda text: text.replace("denuncia", "denunci\udce1").encode("utf-8", "surrogateescape"),
        next(n for n, line in enumerate(TEXT.split("\n"), start=1) if "denuncia" in line),
        "is not UTF-8",
    ),
    "no table at all": (lambda _: b"# ANEXO\n", None, "holds no directive"),
    "prose": (lambda _: "Señora ministra:\n".encode(), 1, "is neither a row nor a heading"),
    "too few cells": (swap(row(1), "\t", " "), row(1), "the row has 4 cells, not 5"),
    "too many cells": (swap(row(9), " ", "\t"), row(9), "the row has 6 cells, not 5"),
    "continuation with too few cells": (swap(19, "\t", "", 1), 19, "the row has 4 cells, not 5"),
    "number missing": (number(row(6), ""), row(6), "the row has no directive number: 6 is missing"),
    "number missing, row broken before": (number(row(8), " "), row(8), "no directive number: 8"),
    "first number missing": (number(row(1), ""), row(1), "stands before any directive"),
    "last number missing": (number(row(67), ""), row(67), "no directive number: 67 is missing"),
    "number missing at a section's end": (number(row(34), ""), row(34), "number: 34 is missing"),
    "number missing at a section's start": (number(row(35), ""), row(35), "before any directive"),
    "number doubled": (number(row(5), "4"), row(5), f"number 4 is doubled: line {row(4)} has"),
    "row doubled": (insert(row(9), "8\ta\t\t\t"), row(9), "directive number 8 is doubled"),
    "out of order": (exchange(row(4), row(5)), row(4), "directive 5 is out of order: 4 is next"),
    "a row lost": (remove(row(12), row(12)), row(12), "directive 13 is out of order: 12 is next"),
    "a section's last row lost": (
        remove(row(44), row(44)),
        FOURTH - 1,
        "directive 44 of the section 'DIRECTRICES DE COMBATE Y SANCIÓN' is missing",
    ),
    "number a word": (number(row(5), "cinco"), row(5), "number 'cinco' is not a number"),
    "number with a letter": (number(row(5), "5a"), row(5), "number '5a' is not a number"),
    "number with a fraction": (number(row(5), "5.0"), row(5), "number '5.0' is not a number"),
    "number zero": (number(row(1), "0"), row(1), "number '0' is not a number"),
    "number negative": (number(row(5), "-5"), row(5), "number '-5' is not a number"),
    "number in other digits": (number(row(5), "٥"), row(5), "number '٥' is not a number"),
    "number padded": (number(row(5), "05"), row(5), "number '05' is not a number"),
    "number far too long": (number(row(5), "5" * 5000), row(5), "is not a number"),
    "outside the heading's range": (
        number(row(5), "18"),
        row(5),
        "directive 18 is outside its heading's range (1-17, line 5)",
    ),
    "below the heading's range": (
        number(row(40), "3"),
        row(40),
        f"directive number 3 is doubled: line {row(3)} has it",
    ),
    "continuation before any directive": (
        insert(7, "\t<p>todo</p>\t\t\t"),
        7,
        "a continuation row (empty first cell) stands before any directive",
    ),
    "continuation before the column headings": (
        insert(6, "\ttodo\t\t\t"),
        6,
        "a continuation row stands before any directive of its section",
    ),
    "continuation before any heading": (
        insert(4, "\ttodo\t\t\t"),
        4,
        "a row stands before any directive and any heading",
    ),
    "continuation after a heading": (
        insert(row(18), "\ttodo\t\t\t"),
        row(18),
        "a continuation row (empty first cell) stands before any directive",
    ),
    "category above the plan's": (
        swap(row(13), "Categoría 24", "Categoría 30"),
        row(13),
        "category 30 is outside the plan, which has 29",
    ),
    "category zero": (
        swap(row(13), "Categoría 24", "Categoría 0"),
        row(13),
        "category 0 is outside the plan",
    ),
    "category without number": (
        swap(row(13), "Categoría 24", "Categoría XXIV"),
        row(13),
        "has no category number: write it as Categoría 1",
    ),
    "category without accent": (
        swap(row(13), "Categoría 24", "Categoria 24"),
        row(13),
        "the value 'Categoria 24 – Presupuesto y Asignación ' has no category number",
    ),
    "category without name": (
        swap(row(13), " – Presupuesto y Asignación de Recursos", " –"),
        row(13),
        "category 24 has no name",
    ),
    "contradicting name": (
        swap(row(1), "Informar a la Población en General", "Informar a la Policía"),
        row(1),
        "category 2 is 'Informar a la Policía' here and 'Informar a la Población en General' else",
    ),
    "contradicting number": (
        swap(row(1), "Categoría 2 –", "Categoría 8 –"),
        row(1),
        "category 8 is 'Informar a la Población en General' here and 'Sociedad Civil' elsewhere",
    ),
    "topic with no value": (
        swap(row(6), "</u> No hay", "</u>"),
        row(6),
        "directive 6, topic 'Promoción de valores' has no value: write a category, or 'No hay'",
    ),
    "topic cut from its value by a page, value lost": (
        swap(19, "<p>No hay</p> ", ""),
        row(7),
        "directive 7, topic 'Conflictos armados' has no value",
    ),
    "value with no topic": (
        swap(row(6), "<u>Promoción de valores</u> ", ""),
        row(6),
        "directive 6: the value 'No hay' has no topic",
    ),
    "topic without letters": (
        swap(row(6), "<u>Promoción de valores</u>", "<u> </u>"),
        row(6),
        "directive 6 has an empty topic",
    ),
    "No hay beside a value": (
        swap(row(13), "<u>Presupuesto</u>", "<u>Presupuesto</u> No hay "),
        row(13),
        "has 'No hay' beside another value",
    ),
    "nearly No hay": (
        swap(row(6), "No hay", "no hay"),
        row(6),
        "the value 'no hay' is nearly 'No hay'",
    ),
    "unclosed u": (swap(row(13), "</u>", ""), row(13), "unclosed tag <u>: add </u>"),
    "unclosed p": (swap(row(6), "</p>", ""), row(6), "unclosed tag <p>: add </p>"),
    "unclosed b in a heading": (swap(5, "</b>", ""), 5, "unclosed tag <b>: add </b>"),
    "tag closed before it opens": (swap(row(13), "<u>", ""), row(13), "</u> closes no <u>"),
    "tags crossed": (
        swap(row(6), "<p><u>", "<u><p>"),
        row(6),
        "unclosed tag before </u>",
    ),
    "tag cut in two": (swap(row(6), "</u>", "</u"), row(6), "unclosed tag before </p>"),
    "unknown tag": (swap(row(6), "<p>", "<div>"), row(6), "unknown mark <div>"),
    "tag with attributes": (swap(row(6), "<p>", '<p class="x">'), row(6), "unknown mark <p class"),
    "directive without text": (cell(row(8), 1, " "), row(8), "directive 8 has no text"),
    "heading lost": (
        remove(SECOND, SECOND),
        SECOND + 1,
        "a row of column headings stands inside a section: is the section's heading above it",
    ),
    "heading and column headings lost": (
        remove(SECOND, SECOND + 2),
        SECOND,
        "directive 18 is outside its heading's range",
    ),
    "column headings lost": (
        remove(THIRD + 2, THIRD + 2),
        THIRD,
        "the section 'DIRECTRICES DE COMBATE Y SANCIÓN' has no row of column headings: put one",
    ),
    "first section missing": (
        remove(5, SECOND - 1),
        5,
        "the heading's range is 18-34, and 1 is the next directive: is a section missing?",
    ),
    "middle section missing": (
        remove(SECOND, THIRD - 1),
        SECOND,
        "the heading's range is 35-44, and 18 is the next directive: is a section missing?",
    ),
    "last section missing": (
        remove(FOURTH, LAST),
        row(44),
        "has 44 directives, not the 67 that the framework has: is a section or the end missing?",
    ),
    "last section's rows missing": (
        remove(FOURTH + 3, LAST),
        row(44),
        "the last row is directive 44, and its heading promises 67: the file is cut",
    ),
    "range of a heading wrong": (
        swap(SECOND, "18", "19"),
        SECOND,
        "the heading's range is 19-34, and 18 is the next directive",
    ),
    "range of a heading upside down": (
        swap(SECOND, "34", "3"),
        SECOND,
        "the heading's range is 18-3, and 18 is the next directive",
    ),
    "cut in a sentence of the last cell": (
        lambda text: text.rstrip("\n")[:-20].encode(),
        LAST,
        "the file ends here with the SHA-256",
    ),
    "cut in a letter": (
        lambda text: text.encode()[: text.encode().index("ó".encode()) + 1],
        row(1),
        "is not UTF-8",
    ),
    "a word changed": (
        swap(row(1), "enérgicamente", "energicamente"),
        LAST,
        "it was cut or changed: restore it",
    ),
    "cell over the limit": (
        cell(row(8), 4, "a " * 25_001),
        row(8),
        "a cell has 50002 characters, over the limit of 50000",
    ),
    "file over the limit": (
        lambda text: text.encode() + b"\n" * 16_000_000,
        None,
        "is larger than 16000000 bytes: raise the limit in the settings",
    ),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the project's files whose source each test breaks in its own way."""
    root = tmp_path_factory.mktemp("broken")
    for folder in ("ontology", "data"):
        shutil.copytree(ROOT / folder, root / folder)
    return Home(root, checkout=True)


def refused(home: Home, output: Path, settings: Settings | None = None) -> InputError:
    """Build, expect one line of refusal, and nothing written."""
    before = {file: file.read_bytes() for file in home.root.rglob("*") if file.is_file()}
    with pytest.raises(InputError) as caught:
        build(home, settings or keeping(), output=output)
    after = {file: file.read_bytes() for file in home.root.rglob("*") if file.is_file()}
    assert after == before
    assert not output.exists()
    assert before[home.data / "annex.ttl"]
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert caught.value.todo
    assert str(caught.value).endswith(" ".join(caught.value.todo.split()))
    return caught.value


def test_cases_are_all_there() -> None:
    """A list cut short by mistake would pass in silence."""
    assert len(CASES) == 74


@pytest.mark.parametrize("name", CASES)
def test_bad_source(broken: Home, tmp_path: Path, name: str) -> None:
    edit, line, words = CASES[name]
    file = broken.analysis / "annex.txt"
    content = edit(TEXT)
    assert content != SOURCE
    file.write_bytes(content)
    error = refused(broken, tmp_path / "out")
    assert words in str(error)
    assert (error.file, error.line) == (file, line)
    place = f"{file}:{line}: " if line else f"{file}: "
    assert str(error).startswith(place)


def test_missing_file_and_folder(broken: Home, tmp_path: Path) -> None:
    file = broken.analysis / "annex.txt"
    file.unlink(missing_ok=True)
    error = refused(broken, tmp_path / "out")
    assert str(error) == f"{file}: the file is missing: check its path"
    file.mkdir()
    assert str(refused(broken, tmp_path / "out")) == f"{file}: is a folder: name a file"
    file.rmdir()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("max_source_bytes", "is larger than 1000 bytes"),
        ("max_cell_characters", "over the limit of 1000: is a tab or line end lost?"),
    ],
)
def test_limits_are_those_of_the_settings(
    broken: Home, tmp_path: Path, setting: str, words: str
) -> None:
    (broken.analysis / "annex.txt").write_bytes(SOURCE)
    values = {each.name: each.default for each in SETTINGS} | {setting: 1000}
    assert words in str(refused(broken, tmp_path / "out", Settings(values)))


def cut_points() -> list[int]:
    """200 places, seeded: anywhere in the file, and the ends of lines, cells and tags."""
    chance = random.Random(1)
    size = len(SOURCE)
    ends = [found.start() for found in re.finditer(rb"[\n\t<>]", SOURCE)]
    points = {1, size - 1, *chance.sample(ends, 80)}
    while len(points) < 200:
        points.add(chance.randrange(1, size))
    return sorted(points)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Description:
    folder = tmp_path_factory.mktemp("cut") / "source"
    shutil.copytree(ROOT / "data" / "source", folder)
    return read_description(folder)


def test_a_file_cut_anywhere_is_refused(described: Description) -> None:
    """Each cut is told, with the line it is at or after, wherever it falls."""
    points = cut_points()
    assert len(points) == 200
    for point in points:
        described.table.write_bytes(SOURCE[:point])
        with pytest.raises(InputError) as caught:
            read_table(described)
        assert caught.value.exit_code == 2
        assert "\n" not in str(caught.value)
        cut_at = SOURCE[:point].count(b"\n") + 1
        assert caught.value.line is None or caught.value.line <= cut_at, point
        if cut_at > row(1):
            assert caught.value.line is not None, point


def test_cuts_are_told_without_a_checksum_up_to_the_last_cell(described: Description) -> None:
    """The declared checksum is needed only for a cut inside the very last cell."""
    undeclared = dataclasses.replace(described, sha256="")
    last_cell = SOURCE.rindex(b"\t") + 1
    for point in [*cut_points()[::4], last_cell - 1]:
        described.table.write_bytes(SOURCE[:point])
        if point < last_cell:
            with pytest.raises(InputError):
                read_table(undeclared)
    described.table.write_bytes(SOURCE[:-30])
    assert len(read_table(undeclared).directives) == undeclared.directives
    with pytest.raises(InputError, match="it was cut or changed"):
        read_table(described)


@pytest.mark.parametrize(
    "accepted",
    [
        b"\xef\xbb\xbf" + SOURCE,
        SOURCE.replace(b"\n", b"\r\n"),
        SOURCE.replace(b"\n", b"\r"),
        unicodedata.normalize("NFD", TEXT).encode(),
        b"\xef\xbb\xbf" + unicodedata.normalize("NFD", TEXT).replace("\n", "\r\n").encode(),
    ],
    ids=["byte-order mark", "CRLF", "CR", "decomposed accents", "all three"],
)
def test_other_spellings_of_the_same_text_give_the_same_bytes(
    broken: Home, built: Built, accepted: bytes
) -> None:
    assert accepted != SOURCE
    (broken.analysis / "annex.txt").write_bytes(accepted)
    description = read_description(broken.analysis)
    assert turtle_of(graph_of(read_table(description), description), description) == (
        built.annex.decode()
    )
