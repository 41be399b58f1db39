"""What follows from several tables: side by side as one by one, one alone, and told once."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import ROOT
from gapgraph import conclude
from gapgraph.annex import sources
from gapgraph.build import build, conclude_one
from gapgraph.errors import InputError, NotFoundError
from gapgraph.settings import Settings, find_home
from gapgraph.store.dataset import DatasetFile
from gapgraph.validation import parallel
from serving import gapgraph

pytestmark = pytest.mark.xdist_group("conclude")

HOME = find_home(ROOT)
#: Directives of the invented framework: a build of so few is quick.
DIRECTIVES = 5


def generator() -> ModuleType:
    """The maker of invented plans."""
    spec = importlib.util.spec_from_file_location("plans", ROOT / "bench" / "plans.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three invented plans of one framework, in three languages."""
    folder = tmp_path_factory.mktemp("plans")
    written: list[Path] = generator().write_plans(folder, 3, directives=DIRECTIVES)
    return written


@pytest.fixture(scope="module")
def whole(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    """The build of the three, by processes side by side, with nothing kept."""
    output = tmp_path_factory.mktemp("whole")
    return build(HOME, Settings(), output=output, analyses=folders, annex=False)


def kept(output: Path, stage: str) -> set[str]:
    """Return the names of what is kept of a stage."""
    return {each.name for each in (output / ".kept").glob(f"{stage}-*.nt")}


def test_what_processes_keep_is_what_one_process_concludes(
    folders: list[Path], whole: DatasetFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(whole.analyses) == 3
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = build(HOME, Settings(), output=tmp_path, analyses=folders, annex=False)
    assert alone.sha256 == whole.sha256
    for stage in ("derived", "inferred"):
        assert len(kept(tmp_path, stage)) == 3
        assert kept(tmp_path, stage) == kept(whole.path.parent, stage)


def test_of_changed_tables_alone_something_is_computed(
    folders: list[Path], whole: DatasetFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What did not change is as it was, and what did is as if built from nothing."""
    output = tmp_path / "out"
    shutil.copytree(whole.path.parent, output)
    changed = tmp_path / folders[1].name
    shutil.copytree(folders[1], changed)
    generator().change(changed)
    tables = [folders[0], changed, folders[2]]
    stages = ("asserted", "turtle", "derived", "inferred", "languages")
    before = {stage: kept(output, stage) for stage in stages}
    computed: list[str] = []
    for module, name in ((sources, "graph_of"), (conclude, "_derived"), (parallel, "judge_unit")):
        monkeypatch.setattr(module, name, _counted(getattr(module, name), computed))

    again = build(HOME, Settings(), output=output, analyses=tables, annex=False)

    assert computed == ["graph_of", "_derived", "judge_unit"]
    assert {stage: len(kept(output, stage) - before[stage]) for stage in stages} == dict.fromkeys(
        stages, 1
    )
    monkeypatch.undo()
    nothing = build(HOME, Settings(), output=tmp_path / "new", analyses=tables, annex=False)
    assert again.sha256 == nothing.sha256 != whole.sha256


def _counted(function: Callable[..., Any], computed: list[str]) -> Callable[..., Any]:
    """A function that notes its name when it is called."""

    def noted(*arguments: Any) -> Any:
        computed.append(function.__name__)
        return function(*arguments)

    return noted


@pytest.mark.whole
def test_one_alone_touches_nothing_else_and_is_found(
    folders: list[Path], whole: DatasetFile, tmp_path: Path
) -> None:
    """The commands that a scheduler would run, in any order, then the build."""
    tables = [part for each in folders for part in ("--analysis", each)]
    for done, name in enumerate(reversed(folders), start=1):
        told = gapgraph(
            "build",
            "--no-annex",
            *tables,
            "--only",
            name if done == 1 else f"invented-{name.name}",
            cwd=tmp_path,
            GAPGRAPH_KEPT="",
        )
        assert told.returncode == 0, told.stderr
        assert told.stderr.endswith("what follows from it is kept for the build\n")
        assert {each.name for each in (tmp_path / "build").iterdir()} == {".kept"}
        assert len(kept(tmp_path / "build", "derived")) == done
        assert len(kept(tmp_path / "build", "inferred")) == done
    assert kept(tmp_path / "build", "derived") == kept(whole.path.parent, "derived")
    stamps = {each: each.stat().st_ino for each in (tmp_path / "build" / ".kept").iterdir()}
    again = build(HOME, Settings(), output=tmp_path / "build", analyses=folders, annex=False)
    assert again.sha256 == whole.sha256
    assert all(each.stat().st_ino == stamp for each, stamp in stamps.items())


def test_an_analysis_that_is_not_there(folders: list[Path], tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no analysis 'none': use one of") as raised:
        conclude_one(HOME, Settings(), output=tmp_path, only="none", analyses=folders, annex=False)
    assert f"invented-{folders[0].name}" in str(raised.value)
    told = gapgraph("build", "--only", "pnat-2017-2021", "--strict", cwd=tmp_path)
    assert told.returncode == 2
    assert "give one of the two" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_fault_that_processes_meet_is_told_by_the_first(
    folders: list[Path], tmp_path: Path
) -> None:
    """In words, whole, and of the first table in order; nothing is written."""
    for place, folder in enumerate(folders):
        copy = tmp_path / folder.name
        copy.mkdir()
        for file in folder.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        if place:
            (copy / "reading").mkdir()
            (copy / "reading" / "kinds.tsv").write_text("no table\n")
    tables = [tmp_path / folder.name for folder in folders]
    output = tmp_path / "output"
    with pytest.raises(InputError) as raised:
        build(HOME, Settings(), output=output, analyses=tables, annex=False)
    assert f"{tables[1].name}/reading/kinds.tsv" in str(raised.value)
    assert not list(output.glob("*.nq"))
