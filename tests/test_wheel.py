"""Installed from a built wheel, in an empty folder, it builds, queries and serves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from serving import ROOT, environment, gapgraph, serving

TRAVELLING = ("ontology", "data", "queries")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from a copy of the project."""
    place = tmp_path_factory.mktemp("wheel")
    copy = place / "project"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in ("src", *TRAVELLING):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place / "dist")],
        cwd=copy,
        env=environment(),
        capture_output=True,
        check=True,
        timeout=300,
    )
    (built,) = (place / "dist").glob("*.whl")
    return built


def test_every_file_travels(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if not name.endswith("/")}
    expected = {
        f"gapgraph/_files/{file.relative_to(ROOT)}"
        for name in TRAVELLING
        for file in (ROOT / name).rglob("*")
        if file.is_file()
    }
    assert len(expected) > 5
    assert expected <= inside


@pytest.mark.whole
def test_builds_queries_and_serves_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "empty"
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The environment of the checkout must not help: no home, and this code first.
    more = {"PYTHONPATH": str(site), "GAPGRAPH_HOME": ""}
    built = gapgraph("build", cwd=folder, **more)
    assert built.returncode == 0, built.stderr
    assert sorted(each.name for each in folder.iterdir()) == ["build"]
    assert (folder / "build" / "annex.ttl").read_bytes() == (
        ROOT / "data" / "annex.ttl"
    ).read_bytes()
    rows = gapgraph("query", "topics-without-category", "--format", "srj", cwd=folder, **more)
    assert len(json.loads(rows.stdout)["results"]["bindings"]) == 31
    with serving(folder, "--workers", "1", **more) as server:
        answer = server.get("/queries/topics-without-category.csv")
        judged = server.get(
            "/validation",
            method="POST",
            body=(ROOT / "tests" / "shapes" / "base.ttl").read_bytes(),
            timeout=180,
            Content_Type="text/turtle",
            Accept="application/json",
        )
    printed = gapgraph("query", "topics-without-category", "--format", "csv", cwd=folder, **more)
    assert answer.text.replace("\r\n", "\n") == printed.stdout
    (report,) = json.loads(judged.body)["reports"]
    assert report["findings"] == []
