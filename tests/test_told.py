"""What the command line says of errors and of its work, in the reader's language."""

from __future__ import annotations

import ast
import functools
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from conftest import ROOT
from gapgraph import errors
from gapgraph.errors import InputError, ViolationError
from gapgraph.intake.problems import Problem, problems_as_text
from gapgraph.messages import MESSAGES, message_texts
from gapgraph.texts import COMPLETE
from gapgraph.told import Told, joined, one_of, told

pytestmark = pytest.mark.every

PACKAGE = ROOT / "src" / "gapgraph"
#: What people do not meet at the command line, or what speaks of programs: English alone.
ENGLISH = (
    "web/", "mcp/", "site/", "store/embedded", "store/federation", "store/pool",
    "store/remote", "store/scan", "store/workers", "queries/fields", "queries/header",
    "queries/nodes", "queries/reading", "queries/translations", "validation/worker",
    "validation/shapes", "evaluation",
)  # fmt: skip
FILES = [
    file
    for file in sorted(PACKAGE.rglob("*.py"))
    if not str(file.relative_to(PACKAGE)).startswith(ENGLISH)
]
#: What makes an error, or says something: its arguments are messages.
SAYING = {"say", "progress", "show", "fail", "wrong", "problem", "Problem", "BadParameter"}
#: The names of our errors; those of Python's own say nothing to people.
ERRORS = {
    name
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, Exception)
}
LETTERS = re.compile(r"[^\W\d_]{2}")
PLACE = re.compile(r"\{[^{}]*\}")


@functools.cache
def calls(file: Path) -> list[ast.Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [each for each in ast.walk(tree) if isinstance(each, ast.Call)]


def called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def templates() -> set[str]:
    """The English of every message."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        for call in calls(file):
            if called(call) == "told" and isinstance(call.func, ast.Name):
                text = call.args[0]
                if "web" in file.parts and not isinstance(text, ast.Constant):
                    continue  # a function of the same name
                assert isinstance(text, ast.Constant), (file, call.lineno)
                found.add(str(text.value))
    return found


def bare(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what is English and no message."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and LETTERS.search(node.value):
            yield node
    elif isinstance(node, ast.JoinedStr):
        if any(isinstance(each, ast.Constant) and LETTERS.search(str(each.value))
               for each in node.values):  # fmt: skip
            yield node
    elif isinstance(node, ast.IfExp):
        yield from bare(node.body)
        yield from bare(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from bare(node.left)
        yield from bare(node.right)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_nothing_is_said_in_english_alone(file: Path) -> None:
    own = {"Problem": slice(2, 4), "wrong": slice(2, None)}
    for call in calls(file):
        name = called(call)
        if name not in SAYING | ERRORS:
            continue
        said = call.args[own.get(name, slice(None))]
        said += [each.value for each in call.keywords if each.arg in {"what", "todo"}]
        for each in said:
            english = [node for node in bare(each) if "gapgraph: " not in ast.unparse(node)]
            assert english == [], f"{file}:{call.lineno}: {ast.unparse(each)} is not told()"


@pytest.mark.parametrize("lang", [each for each in COMPLETE if each != "en"])
def test_every_message_is_there_in_each_complete_language(lang: str) -> None:
    with (MESSAGES / f"{lang}.po").open("rb") as file:
        catalogue = read_po(file, locale=lang, abort_invalid=True)
    known = {str(each.id): str(each.string) for each in catalogue if each.id}
    texts = {each for each in templates() if LETTERS.search(PLACE.sub("", each))}
    assert len(texts) > 500
    assert sorted(texts - set(known)) == []
    assert sorted(set(known) - texts) == []
    assert list(known) == sorted(known)
    for english, other in known.items():
        assert other, english
        assert set(PLACE.findall(english)) == set(PLACE.findall(other)), english
        # What is typed as it stands is the same in each language, and so are blanks at the ends.
        for typed in re.findall(r"`[^`]+`|--[\w-]+|\bGAPGRAPH_\w+|\[\w+\]|\w+\.toml", english):
            assert typed in other, (english, typed)
        for side in (str.lstrip, str.rstrip):
            assert len(english) - len(side(english)) == len(other) - len(side(other)), english


def test_a_message_is_its_english_text() -> None:
    message = told("the row has {count} cells, not {expected}", count=4, expected=told("a date"))
    assert message == "the row has 4 cells, not a date"
    assert isinstance(message, str)
    spanish = message_texts("es").gettext
    assert message.in_words(spanish) == "la fila tiene 4 celdas, no una fecha"
    assert message.in_words(str) == message
    assert pickle.loads(pickle.dumps(message)).in_words(spanish) == message.in_words(spanish)
    # What came from outside may hold what looks like a place.
    assert told("is {value}", value="{x}").in_words(spanish) == "es {x}"
    assert one_of(["a", "b"]).in_words(spanish) == "a o b"  # type: ignore[attr-defined]
    assert isinstance(joined("; ", []), Told)


def test_an_error_is_told_whole_in_another_language() -> None:
    spanish = message_texts("es").gettext
    faults = joined("; ", [told("is empty"), "as it is", told("has no page")])
    error = InputError(faults, todo=told("check its path"), file="a.csv", line=3)
    assert str(error) == "a.csv:3: is empty; as it is; has no page: check its path"
    there = pickle.loads(pickle.dumps(error))
    for each in (error, there):
        assert each.in_words(spanish) == (
            "a.csv:3: está vacío; as it is; no tiene página: compruebe su ruta"
        )
    problem = Problem("table 2, row 5, column 3", "x", told("is no date"), told("mend it"))
    violation = ViolationError(told("{problems} before it can be built",
                                    problems=problems_as_text([problem])))  # fmt: skip
    assert str(violation).startswith("table 2, row 5, column 3: 'x': is no date: mend it\n")
    assert violation.in_words(spanish).startswith(
        "tabla 2, fila 5, columna 3: 'x': no es una fecha: corríjalo\n"
    )
