"""What changed between two builds: statuses, and sentences that came and went."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from conftest import Built, rebuilt
from gapgraph.namespaces import GG, ID
from serving import gapgraph

ANALYSIS = f"{ID}analysis/oas-pnat"
DIRECTIVES = f"{ID}framework/oas-work-plan-2/directive"


def changed(built: Built, folder: Path) -> Path:
    """Write a build in which two statuses differ, one is missing, and one sentence does."""
    content = built.dataset.read().decode()
    status = f"<{GG}coverageStatus>"
    for old, new in (
        (f"<{ANALYSIS}/assessment/28/rule> {status} <{GG}addressed>",
         f"<{ANALYSIS}/assessment/28/rule> {status} <{GG}partial>"),
        (f"<{ANALYSIS}/topic/25.1> {status} <{GG}none>",
         f"<{ANALYSIS}/topic/25.1> {status} <{GG}mapped>"),
        (f"<{ANALYSIS}/assessment/17/rule> {status} <{GG}notAssessed>",
         f"<{ANALYSIS}/assessment/17/rule> <{GG}none> <{GG}notAssessed>"),
        ("El PNAT no hace referencia alguna al personal de las operaciones de paz.",
         "El PNAT no hace referencia exacta al personal de las operaciones de paz."),
    ):  # fmt: skip
        assert old in content
        content = content.replace(old, new)
    return rebuilt(built, content, folder)


@pytest.fixture
def folders(built: Built, tmp_path: Path) -> tuple[Path, Path]:
    return built.output, changed(built, tmp_path / "new")


def test_what_changed_is_told_and_nothing_else(folders: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = folders
    told = gapgraph("diff", old, new, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    words = "El PNAT no hace referencia {} al personal de las operaciones de paz."
    assert sorted(told.stdout.splitlines()) == sorted([
        "oas-pnat 28: addressed -> partial",
        "oas-pnat 17: notAssessed -> (none)",
        "oas-pnat 25, topic 25.1: none -> mapped",
        f"oas-pnat 25: - {words.format('alguna')}",
        f"oas-pnat 25: + {words.format('exacta')}",
    ])  # fmt: skip
    assert "statuses changed: 3; sentences added: 1, gone: 1" in told.stderr
    # The other way round.
    back = gapgraph("diff", new, old, cwd=tmp_path)
    assert "oas-pnat 17: (none) -> notAssessed" in back.stdout
    same = gapgraph("diff", old, old, cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "")
    assert "statuses changed: 0; sentences added: 0, gone: 0" in same.stderr


def test_changes_as_a_table(folders: tuple[Path, Path], tmp_path: Path) -> None:
    told = gapgraph("diff", *folders, "--format", "csv", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(told.stdout.removeprefix("\ufeff"))))
    assert len(rows) == 5
    by_item = {(row["kind"], row["item"], row["old"][:9], row["new"][:9]) for row in rows}
    assert ("directive", f"{DIRECTIVES}/28", "addressed", "partial") in by_item
    assert ("topic", f"{ANALYSIS}/topic/25.1", "none", "mapped") in by_item
    assert {row["analysis"] for row in rows} == {ANALYSIS}


@pytest.mark.parametrize("missing", [0, 1])
def test_a_folder_without_a_build_is_named(missing: int, built: Built, tmp_path: Path) -> None:
    given = [built.output, built.output]
    given[missing] = tmp_path / "nowhere"
    told = gapgraph("diff", *given, cwd=tmp_path)
    assert told.returncode in {2, 3}
    assert "nowhere" in told.stderr
    assert "Traceback" not in told.stderr
