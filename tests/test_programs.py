"""The page for programs: each of its examples runs as it stands, against a real server."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from html import unescape

import pytest

from conftest import Built
from required import needs
from serving import Server, serving

#: How each way is run.
RUN = {
    "curl": ["bash", "-c"],
    "python": [sys.executable, "-c"],
    "r": ["Rscript", "-e"],
    "javascript": ["node", "--input-type=module", "-e"],
    "sparql": ["bash", "-c"],
    "linked": ["bash", "-c"],
}


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("programs")
    with serving(folder, "--workers", "1", "--output", built.output) as running:
        yield running


@pytest.fixture(scope="module")
def ways(server: Server) -> dict[str, str]:
    request = urllib.request.Request(f"{server.url}/programs", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request) as answer:
        page = answer.read().decode()
    found = re.findall(r'<code data-way="([a-z]+)">(.*?)</code>', page, re.DOTALL)
    return {name: unescape(lines) for name, lines in found}


def test_every_way_is_there(ways: dict[str, str]) -> None:
    assert set(ways) == {*RUN, "excel", "assistant"}
    assert json.loads(ways["assistant"])["mcpServers"]["gapgraph"]["args"] == ["mcp"]


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, marks=needs(shutil.which(program) is not None, program))
        for way, (program, *_) in RUN.items()
    ],
)
def test_an_example_runs_as_it_stands(way: str, ways: dict[str, str]) -> None:
    made = subprocess.run(
        [*RUN[way], ways[way]], capture_output=True, text=True, timeout=120, check=False
    )
    assert made.returncode == 0, made.stderr
    if way == "curl":
        assert len(list(csv.DictReader(io.StringIO(made.stdout)))) == 63
    elif way == "python":
        assert len(made.stdout.splitlines()) == 63
    elif way == "javascript":
        assert made.stdout.strip() == "63"
    elif way == "sparql":
        assert made.stdout.split() == ["topics", "111"]
    elif way == "linked":
        assert "@prefix" in made.stdout
    else:
        assert "partial" in made.stdout or "parcial" in made.stdout
