"""The rooms and their order: data flows one way, and this file says which."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

#: All of them are quick.
pytestmark = pytest.mark.every

PACKAGE = ROOT / "src" / "gapgraph"

#: Each room imports only from those above it, and from itself.
ORDER = (
    "told",
    "errors",
    "confine",
    "processes",
    "unicode",
    "iris",
    "namespaces",
    "settings",
    "files",
    "tables",
    "ntriples",
    "turtle",
    "rdf",
    "evaluation",
    "texts",
    "statuses",
    "messages",
    "states",
    "grid",
    "intake",
    "kept",
    "annex",
    "reviewed",
    "translated",
    "decisions",
    "reading",
    "rules",
    "account",
    "inference",
    "conclude",
    "links",
    "validation",
    "assembly",
    "store",
    "queries",
    "metadata",
    "provenance",
    "outputs",
    "build",
    "succession",
    "changes",
    "report",
    "review",
    "web",
    "site",
    "mcp",
    "cli",
)
#: Imported in one room (or module) only; where, is fixed. The engine's IRIs and reader are
#: everybody's.
ENGINES = {
    "pyoxigraph": ("store/embedded", "iris.py", "rdf.py", "evaluation.py"),
    "pyshacl": "validation/",
    "owlrl": "inference.py",
    "flask": "web/",
    "mcp": "mcp/server.py",
    "pydantic": "mcp/server.py",
    "granian": "web/server.py",
    "brotli": "web/codings.py",
    "babel": "messages.py",
    "py3langid": "reading/belied.py",
    "snowballstemmer": "reading/words.py",
    "flask_babel": "web/language.py",
    "tantivy": "web/fulltext.py",
    "click": "cli",
    "requests": "",
    "httpx": "",
    "httpx2": "store/wire.py",
}
LONGEST = 400
#: What may read the environment: the command line, and what a WSGI server starts without it.
ENVIRONMENT = ("cli/context.py", "web/service.py")

FILES = sorted(PACKAGE.rglob("*.py"))


@functools.cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def room(file: Path) -> str:
    """The first part of a module's path under the package."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


@functools.cache
def imports(file: Path) -> list[tuple[str, int]]:
    """Every module that a file imports, wherever in it, with the line."""
    found = []
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            found += [(each.name, node.lineno) for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            module = node.module or ""
            found.append((module, node.lineno))
            # `from gapgraph import errors` imports the room errors.
            found += [(f"{module}.{each.name}", node.lineno) for each in node.names]
    return found


def ids(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


def test_the_package_is_there() -> None:
    assert len(FILES) >= 20
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_rooms_import_only_rooms_above_them(file: Path) -> None:
    if file == PACKAGE / "__init__.py":
        return
    place = room(file)
    assert place in (*ORDER, "__main__"), f"{place} has no place in the order: give it one"
    allowed = ORDER if place == "__main__" else ORDER[: ORDER.index(place) + 1]
    for name, line in imports(file):
        parts = name.split(".")
        if parts[0] == "gapgraph" and len(parts) > 1 and parts[1] in ORDER:
            assert parts[1] in allowed, f"{file}:{line}: {place} imports {parts[1]}, below it"


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_imported_rooms_have_a_place_in_the_order(file: Path) -> None:
    """``from gapgraph.x`` where x is no room would slip through the test above."""
    for name, line in imports(file):
        parts = name.split(".")
        if parts[0] == "gapgraph" and len(parts) > 1:
            known = parts[1] in ORDER or parts[1] == "__version__"
            assert known, f"{file}:{line}: gapgraph.{parts[1]}"


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_are_imported_in_one_place(engine: str) -> None:
    places = {
        str(file.relative_to(PACKAGE))
        for file in FILES
        for name, _ in imports(file)
        if name.split(".")[0] == engine
    }
    home = ENGINES[engine]
    assert [place for place in sorted(places) if not (home and place.startswith(home))] == []


def test_pyshacl_is_imported_in_one_module() -> None:
    """A room may hold several modules; SHACL's engine is known to one of them."""
    found = {file for file in FILES for name, _ in imports(file) if name.startswith("pyshacl")}
    assert len(found) <= 1


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_no_module_is_too_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_few_know_the_environment_and_only_what_answers_the_web() -> None:
    """``os.environ`` and ``os.getenv``, however they are imported; and the room web.

    An assistant is answered by the same service as a browser, and a site is what it answers.
    """
    for file in FILES:
        tree = tree_of(file)
        reads = {
            node.attr if isinstance(node, ast.Attribute) else node.name
            for node in ast.walk(tree)
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"environ", "getenv"}
                and isinstance(node.value, ast.Name)
                and node.value.id == "os"
            )
            or (isinstance(node, ast.alias) and node.name in {"environ", "getenv"})
        }
        if str(file.relative_to(PACKAGE)) not in ENVIRONMENT:
            assert not reads, f"{file}: reads the environment"
        if room(file) not in {"cli", "mcp", "site", "web"}:
            names = [name for name, _ in imports(file)]
            assert not [name for name in names if name.startswith("gapgraph.web")], file


def test_every_module_lists_what_it_offers() -> None:
    """Each ``__all__`` names things the module defines; nothing else is public by accident."""
    for file in FILES:
        tree = tree_of(file)
        assert ast.get_docstring(tree), f"{file}: has no docstring"
        listed = [
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            and any(isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets)
        ]
        if file.name in {"__init__.py", "__main__.py"} and not listed:
            continue
        assert listed, f"{file}: has no __all__"
        assert len(listed[0]) == len(set(listed[0]))


def test_the_docs_lead_to_every_room() -> None:
    """Each room, and each module of the web, stands in a table of ``docs/architecture.md``."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tables = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    named = {word.removesuffix("/") for word in re.findall(r"`([\w/]+)`", tables)}
    modules = {file.stem for file in (PACKAGE / "web").glob("*.py")} - {"__init__"}
    assert {*ORDER, *modules} - named == set()


def test_no_blind_marks_of_unfinished_work() -> None:
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        for mark in ("TO" + "DO:", "FIX" + "ME", "XX" + "X", "NotImplemented"):
            assert mark not in text, f"{file}: {mark}"


#: Libraries that take long to import, and that only some requests and commands need.
HEAVY = {"docx", "httpx2", "lxml", "numpy", "openpyxl", "py3langid", "pyshacl"}


@pytest.mark.parametrize(
    ("start", "beside"),
    [
        ("gapgraph.web.rsgi", {"owlrl"}),
        ("gapgraph.cli", {"owlrl", "flask"}),
        ("gapgraph.build", {"flask"}),
    ],
)
def test_what_a_start_does_not_need_is_not_imported(start: str, beside: set[str]) -> None:
    code = f"import {start}, sys; print(*({HEAVY | beside!r} & sys.modules.keys()))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == []
