"""Results kept between builds: used where nothing changed, never where something did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import URIRef

from conftest import Built, keeping
from gapgraph.build import build
from gapgraph.files import _MACHINE
from gapgraph.kept import Kept, program

A, B, C = (URIRef(f"urn:x:{name}") for name in "abc")


def test_program_is_named_by_its_content() -> None:
    assert program() == program()
    assert len(program()) == 64


def test_computed_once_for_a_basis(tmp_path: Path) -> None:
    calls: list[int] = []

    def make() -> str:
        calls.append(1)
        return "made"

    kept = Kept(tmp_path / "kept")
    for basis, expected in ((["1"], 1), (["1"], 1), (["2"], 2), (["1", ""], 3), (["1"], 3)):
        assert kept.text("stage", basis, make) == "made"
        assert len(calls) == expected
    assert kept.text("other", ["1"], make) == "made"
    assert len(calls) == 4


@pytest.mark.parametrize("damage", [b"", b"# 00\n", b"\xff\xfe", b"# x\n<urn:x:a> <urn:x:b>"])
def test_what_is_not_whole_is_computed_again(tmp_path: Path, damage: bytes) -> None:
    kept = Kept(tmp_path)
    kept.text("stage", ["1"], lambda: "made")
    (file,) = tmp_path.glob("*.nt")
    file.write_bytes(damage)
    assert kept.text("stage", ["1"], lambda: "again") == "again"


def test_what_a_build_used_stays_however_much_it_is(tmp_path: Path) -> None:
    """Of a build of many analyses, nothing is computed again at the next one."""
    before = Kept(tmp_path)
    for each in range(100):
        before.text("stage", [f"old {each}"], lambda: "made")
    old = set(tmp_path.glob("*.nt"))
    kept = Kept(tmp_path)
    for each in range(100):
        kept.text("stage", [str(each)], lambda: "made")
    own = set(tmp_path.glob("*.nt")) - old
    kept.forget()
    left = set(tmp_path.glob("*.nt"))
    assert (len(own), len(own & left), len(old & left)) == (100, 100, 60)


def test_what_was_used_lately_stays_longest(tmp_path: Path) -> None:
    """A result that builds go on using is not lost to sixty that were used once, and later made."""
    kept = Kept(tmp_path)
    kept.text("stage", ["often"], lambda: "made")
    (often,) = tmp_path.glob("*.nt")
    os.utime(often, (1, 1))
    for each in range(60):
        kept.text("stage", [str(each)], lambda: "made")
    made = set(tmp_path.glob("*.nt")) - {often}
    for file in made:
        os.utime(file, (2, 2))
    Kept(tmp_path).text("stage", ["often"], str)
    other = Kept(tmp_path)
    other.text("stage", ["other"], lambda: "made")
    other.forget()
    left = set(tmp_path.glob("*.nt"))
    assert often in left
    assert len(left & made) == 59


def test_unchanged_build_is_not_made_again(built: Built) -> None:
    stages: list[str] = []
    again = build(built.home, keeping(), output=built.output, progress=stages.append)
    assert stages == ["read tables"]
    assert again == built.dataset


@pytest.mark.whole
def test_damaged_build_is_made_again(built: Built, tmp_path: Path) -> None:
    build(built.home, keeping(), output=tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    dataset = tmp_path / manifest["dataset"]["file"]
    whole = dataset.read_bytes()
    dataset.write_bytes(whole[:-1])
    stages: list[str] = []
    build(built.home, keeping(), output=tmp_path, progress=stages.append)
    assert "write" in stages
    assert dataset.read_bytes() == whole


def test_what_killed_builds_left_goes_with_the_next_build(built: Built) -> None:
    """Even where nothing is written: a build of the same inputs is there already."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    settings = keeping()
    folders = (built.output, Path(settings.text("kept")))
    left = [
        folder / f".gapgraph-{_MACHINE}-{dead.pid}-{name}.part"
        for folder in folders
        for name in "abc"
    ]
    living = [folder / f".gapgraph-{_MACHINE}-{os.getpid()}-a.part" for folder in folders]
    for file in (*left, *living):
        file.write_text("half", encoding="utf-8")
    try:
        assert build(built.home, settings, output=built.output) == built.dataset
        assert not [file for file in left if file.exists()]
        assert all(file.exists() for file in living)
    finally:
        for file in (*left, *living):
            file.unlink(missing_ok=True)
