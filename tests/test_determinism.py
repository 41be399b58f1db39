"""The same bytes under any hash seed, folder, time zone and locale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, SECOND, Built, copy_home

pytestmark = pytest.mark.whole

BUILD = """
import sys
from pathlib import Path
from gapgraph.build import build
from gapgraph.settings import Home, Settings
home, output, second = map(Path, sys.argv[1:])
build(Home(home, checkout=True), Settings(), output=output, analyses=[second])
"""
SURROUNDINGS = {
    "one": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "LANG": "C"},
    "other": {"PYTHONHASHSEED": "4242", "TZ": "America/Lima", "LC_ALL": "C.UTF-8"},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Both builds at once, each in its own process, home and current folder."""
    running = {}
    for name, environment in SURROUNDINGS.items():
        folder = tmp_path_factory.mktemp(name)
        home = copy_home(folder / "home")
        (home.data / "annex.ttl").unlink()
        arguments = [str(home.root), str(folder / "out"), str(SECOND)]
        running[name] = (
            folder,
            subprocess.Popen(
                [sys.executable, "-c", BUILD, *arguments],
                env={**environment, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
                cwd=folder if name == "one" else "/",
            ),
        )
    found = {}
    for name, (folder, process) in running.items():
        assert process.wait(timeout=600) == 0
        files = {
            file.name: file.read_bytes() for file in (folder / "out").iterdir() if file.is_file()
        }
        files["annex.ttl"] = (folder / "home" / "data" / "annex.ttl").read_bytes()
        found[name] = files
    return found


def test_two_builds_give_the_same_bytes(results: dict[str, dict[str, bytes]]) -> None:
    one, other = results["one"], results["other"]
    assert set(one) == set(other) >= {"annex.ttl", "aldeia-ilha.ttl", "manifest.json"}
    assert len([name for name in one if name.startswith("dataset-")]) == 1
    assert [name for name in one if one[name] != other[name]] == []


def test_the_checkout_s_annex_ttl_is_the_fresh_build_s(
    results: dict[str, dict[str, bytes]], built: Built
) -> None:
    committed = (ROOT / "data" / "annex.ttl").read_bytes()
    assert results["one"]["annex.ttl"] == committed
    assert built.annex == committed


def test_no_place_of_the_machine_is_written(results: dict[str, dict[str, bytes]]) -> None:
    """Neither the folders of the build nor the moment of it."""
    for name, content in results["one"].items():
        for word in (str(ROOT), str(Path.home()), "/tmp/", "pytest-"):
            if len(word) > 1:
                assert word.encode() not in content, (name, word)


def test_inputs_are_named_with_their_checksums(results: dict[str, dict[str, bytes]]) -> None:
    manifest = json.loads(results["one"]["manifest.json"])
    names = [each["file"] for each in manifest["inputs"]]
    assert len(names) == len(set(names))
    assert {"data/source/annex.txt", "data/context.ttl", "second/table.tsv"} <= set(names)
    assert all(len(each["sha256"]) == 64 for each in manifest["inputs"])
