"""SIGKILL at any moment of a build leaves the old files or the new ones, whole."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import copy_home

KILLS = 200


@pytest.mark.whole
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_builds_never_tear_a_file(tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    toml = home.analysis / "analysis.toml"
    # The contents that alternate have other checksums than the declared one.
    text = re.sub(r"(?m)^sha256 = .*\n", "", toml.read_text(encoding="utf-8"))
    toml.write_text(text, encoding="utf-8")
    # Translations are of the table's own words, which change here.
    for file in home.data.glob("translations-*.tsv"):
        file.unlink()
    script = Path(__file__).with_name("killer.py")
    done = subprocess.run(
        [sys.executable, str(script), str(home.root), str(tmp_path / "out"), str(KILLS), "7"],
        env={
            "PYTHONPATH": os.pathsep.join(map(str, sys.path)),
            "GAPGRAPH_KEPT": os.environ["GAPGRAPH_KEPT"],
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    seen = json.loads(done.stdout)
    assert seen["killed"] == KILLS
    # The kills did fall inside: between two files, inside one, and on all three contents.
    assert seen["between_two_files"] > 0
    assert seen["with_leftovers"] > 0
    assert seen["contents_seen"] > 3
    # A build in peace afterwards is whole, and removes what the killed ones left.
    assert seen["last"] == [0, 0]
    assert seen["left"] == []
    assert seen["datasets"] <= 3
    assert seen["triples"] > 3000
