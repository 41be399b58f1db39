"""The lowest versions that `pyproject.toml` names are installed, and build and serve."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from required import needs
from serving import ROOT, environment

#: What is tested with them: the build, the service over HTTP, every door of the protocol.
CHOSEN = ("tests/test_serve.py", "tests/test_turtle.py", "tests/test_lookup.py")
_UV = importlib.util.find_spec("uv") is not None


def run(*command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(each) for each in command],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=800,
    )


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment with the lowest versions, and what tests need."""
    folder = tmp_path_factory.mktemp("lowest") / "venv"
    uv = (sys.executable, "-m", "uv")
    made = run(*uv, "venv", "--quiet", "--python", sys.executable, folder)
    assert made.returncode == 0, made.stderr
    interpreter = folder / "bin" / "python"
    install = (*uv, "pip", "install", "--quiet", "--python", interpreter)
    lowest = run(*install, "--resolution", "lowest-direct", "--editable", ROOT)
    assert lowest.returncode == 0, lowest.stderr
    tools = run(*install, "pytest", "pytest-timeout", "pytest-xdist", "hypothesis", "packaging")
    assert tools.returncode == 0, tools.stderr
    return interpreter


@pytest.mark.whole
@needs(_UV, "uv")
def test_the_lowest_versions_are_there(python: Path) -> None:
    """Each bound can be had: what others ask for does not raise it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = run(sys.executable, "-m", "uv", "pip", "list", "--python", python, "--format", "json")
    there = {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}
    wanted = {
        each.name.lower(): next(iter(each.specifier)).version
        for each in map(Requirement, project["dependencies"])
    }
    assert len(wanted) > 10
    higher = {
        name: (bound, there[name])
        for name, bound in wanted.items()
        if not f"{there[name]}.".startswith(f"{bound}.")
    }
    assert higher == {}


@pytest.mark.whole
@needs(_UV, "uv")
def test_they_build_and_serve(python: Path) -> None:
    kept = os.environ["GAPGRAPH_KEPT"]
    done = run(python, "-m", "pytest", "-q", "-n", "0", "--no-header", *CHOSEN, GAPGRAPH_KEPT=kept)
    assert done.returncode == 0, done.stdout[-3000:]


def test_classifiers_name_what_is_tested() -> None:
    """The gate has one interpreter; of others nothing is known."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {
        each.rpartition(" ")[2]
        for each in project["classifiers"]
        if each.startswith("Programming Language :: Python :: 3.")
    }
    assert named == {"3.11"}
    assert project["requires-python"] == ">=3.11"
