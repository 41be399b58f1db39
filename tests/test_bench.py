"""The benchmarks name what they measured."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from serving import ROOT

_GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture(scope="module")
def results() -> ModuleType:
    """Return what the benchmarks share, as a module."""
    spec = importlib.util.spec_from_file_location("results", ROOT / "bench" / "results.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*_GIT, *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with one commit."""
    for name in ("bench/RESULTS.md", "src/a.py", "queries/b.rq", "docs/c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "x")
    return tmp_path


def test_the_commit_is_named(results: ModuleType, checkout: Path) -> None:
    assert results.commit(checkout) == "commit " + git(checkout, "rev-parse", "--short=12", "HEAD")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("src/a.py", True),
        ("queries/b.rq", True),
        ("src/new.py", True),  # one that git does not know yet is measured too
        ("data/new.tsv", True),
        ("bench/RESULTS.md", False),
        ("docs/c.md", False),
    ],
)
def test_changes_in_no_commit_are_told(
    results: ModuleType, checkout: Path, name: str, counts: bool
) -> None:
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text("changed\n")
    assert ("with changes" in results.commit(checkout)) is counts


def test_without_git_nothing_is_invented(results: ModuleType, tmp_path: Path) -> None:
    assert results.commit(tmp_path) == "no commit that git knows"


def test_every_section_of_the_results_names_its_commit() -> None:
    text = (ROOT / "bench" / "RESULTS.md").read_text(encoding="utf-8")
    sections = re.split(r"(?m)^## ", text)[1:]
    assert len(sections) >= 3
    for section in sections:
        named = re.search(r"(?m)^`bench/\w+\.py` on commit [0-9a-f]{7,40}, \d{4}-", section)
        assert named, section.partition("\n")[0]
