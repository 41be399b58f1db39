"""Fixtures that several tests share: the project's files, a copy of them, one build of them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import has_app_context
from rdflib import Graph

from gapgraph.build import build
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.validation.gate import findings_file

ROOT = Path(__file__).resolve().parents[1]
#: A program of its own, not a module of tests.
collect_ignore = ["killer.py"]
#: The property by which a test tells what the summary of a run is to say.
SUMMARY = "summary"
#: The groups that take longest, in this order: started first, so that no process is left alone with
#: one of them at the end.  What groups took is printed at the end of a run.
LONGEST: tuple[str, ...] = ("site", "mutations-0", "mutations-1")
#: How many groups are told at the end of a run.
TOLD = 15
#: A small invented second plan.
SECOND = ROOT / "tests" / "second"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of a part."""
    parser.addoption(
        "--part",
        choices=["quick", "rest"],
        help="the quick part: three cases of each test at most, but all of those marked every, and "
        "none of those marked whole; or the rest; both together are all tests (default: all)",
    )
    parser.addoption(
        "--times",
        type=int,
        default=1,
        help="how many times as much the tests in tests/hard try (default: 1)",
    )


@pytest.hookimpl(tryfirst=True)  # before xdist takes the groups into the tests' names
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the part that is asked for, and have the tests of a file run in one process."""
    part = config.getoption("--part")
    if part:
        quick = quick_part(items)
        chosen, left = list[pytest.Item](), list[pytest.Item]()
        for item in items:
            (chosen if (item.nodeid in quick) is (part == "quick") else left).append(item)
        config.hook.pytest_deselected(items=left)
        items[:] = chosen
    if getattr(config.option, "loadgroup", False):
        by_group(items)


def by_group(items: list[pytest.Item]) -> None:
    """Group the tests of a file, where they are in no group yet; the longest groups come first.

    What a file's fixtures set up is then set up once, and not once in each process.  A test that is
    marked ``apart`` runs in any process, before the shorter groups: it takes long, and needs little
    of what others set up.

    :param items: the tests, in order
    """
    for item in items:
        if not (item.get_closest_marker("xdist_group") or item.get_closest_marker("apart")):
            within = item.path.is_relative_to(ROOT / "tests")
            item.add_marker(pytest.mark.xdist_group(item.path.stem if within else "doctests"))
    order = {name: place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        marker = item.get_closest_marker("xdist_group")
        return order.get(marker.args[0], len(order) + 1) if marker else len(order)

    items.sort(key=place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to go on where tests of one group would run side by side (in a worker process)."""
    if not getattr(session.config.option, "loadgroup", False):
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
            raise pytest.UsageError(
                f"{item.nodeid} is in no group: this pytest-xdist does not group tests under this "
                "pytest (see the versions in pyproject.toml)"
            )


def quick_part(items: Iterable[pytest.Item]) -> set[str]:
    """Return the names of the tests of the quick part.

    :param items: all tests
    """
    quick = set()
    cases: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("every"):
            quick.add(item.nodeid)
        elif not item.get_closest_marker("whole"):
            cases[item.nodeid.partition("[")[0]].append(item.nodeid)
    for listed in cases.values():
        quick |= {listed[0], listed[len(listed) // 2], listed[-1]}
    return quick


def pytest_configure(config: pytest.Config) -> None:
    """Let all builds of a run share what they compute, and commands speak English.

    Every process that a test starts inherits the folder, and the locale.
    """
    os.environ["LC_ALL"] = "C.UTF-8"
    if hasattr(config.option, "loadscopereorder"):  # the order of groups is ours, see `by_group`
        config.option.loadscopereorder = False
    if "GAPGRAPH_KEPT" not in os.environ:
        folder = tempfile.mkdtemp(prefix="gapgraph-kept-")
        os.environ["GAPGRAPH_KEPT"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests found out, whichever worker process ran them."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, value in report.user_properties:
            if name == SUMMARY and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid}: {value}")
    groups, workers = Counter[str](), Counter[str]()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and hasattr(report, "node"):
                groups[report.nodeid.rpartition("@")[2]] += report.duration
                workers[report.node.gateway.id] += report.duration
    if groups:
        told = ", ".join(f"{name} {seconds:.0f}" for name, seconds in groups.most_common(TOLD))
        terminalreporter.write_line(f"seconds of groups: {told}")
        told = ", ".join(f"{name} {seconds:.0f}" for name, seconds in sorted(workers.items()))
        terminalreporter.write_line(f"seconds of processes: {told}")


def keeping() -> Settings:
    """The default settings, with the folder that builds of this run share."""
    return Settings.of({"GAPGRAPH_KEPT": os.environ["GAPGRAPH_KEPT"]})


def copy_home(target: Path) -> Home:
    """Copy the project's files, so that nothing a test does reaches the real ones."""
    for folder in ("ontology", "data", "queries"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, target / folder)
    return Home(target, checkout=True)


@dataclass(frozen=True)
class Built:
    """A build of the project's own table in a copied home."""

    home: Home
    output: Path
    dataset: DatasetFile

    @property
    def annex(self) -> bytes:
        """The asserted graph's bytes."""
        return (self.home.data / "annex.ttl").read_bytes()


def rebuilt(built: Built, content: str, folder: Path) -> Path:
    """Write a build of other quads into a folder of its own.

    :param built: the build whose manifest and findings it takes
    :param content: its quads, as N-Quads
    """
    data = content.encode()
    checksum = hashlib.sha256(data).hexdigest()
    version = checksum[:16]
    manifest = {**built.dataset.manifest}
    manifest["dataset"] = {
        "version": version,
        "file": f"dataset-{version}.nq",
        "sha256": checksum,
        "quads": content.count("\n"),
    }
    found = (built.output / findings_file(built.dataset.version)).read_bytes()
    manifest["output"] = {findings_file(version): hashlib.sha256(found).hexdigest()}
    folder.mkdir()
    (folder / f"dataset-{version}.nq").write_bytes(data)
    (folder / findings_file(version)).write_bytes(found)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(autouse=True)
def no_context() -> Iterator[None]:
    """Refuse a test that leaves Flask's context behind: the next would pass by it, or fail."""
    assert not has_app_context(), "an earlier test or fixture left its context"
    yield
    assert not has_app_context(), "this test leaves its context: close what it asked for"


@pytest.fixture(scope="session")
def times(request: pytest.FixtureRequest) -> int:
    """How many times as much is tried by what means to break things."""
    return int(request.config.getoption("--times"))


@pytest.fixture(scope="session")
def real() -> Home:
    """The checkout itself: to be read only."""
    return Home(ROOT, checkout=True)


@pytest.fixture
def home_copy(tmp_path: Path) -> Home:
    """A copy of the project's files for one test."""
    return copy_home(tmp_path / "home")


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process builds the same: what the first computes is kept for the rest."""
    folder = Path(os.environ["GAPGRAPH_KEPT"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """One fresh build, from a home whose ``data/annex.ttl`` was removed first."""
    folder = tmp_path_factory.mktemp("built")
    home = copy_home(folder / "home")
    (home.data / "annex.ttl").unlink()
    with alone():
        return Built(home, folder / "out", build(home, keeping(), output=folder / "out"))


@pytest.fixture(scope="session")
def four(tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    """The annex, three other plans of its framework, and one of another framework."""
    # It needs what is defined here.
    from three_plans import build_four  # noqa: PLC0415

    with alone():
        return build_four(tmp_path_factory.mktemp("four"))


@pytest.fixture(scope="session")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build of three tables of others: dotted codes, articles, an edge list."""
    # Not above: only those who ask for it need it.
    from test_taken_pages import build_taken  # noqa: PLC0415

    return build_taken(tmp_path_factory.mktemp("taken"))


@pytest.fixture(scope="session")
def annex() -> Graph:
    """The checkout's ``data/annex.ttl``, read with rdflib."""
    graph = Graph(bind_namespaces="none")
    graph.parse(ROOT / "data" / "annex.ttl", format="turtle")
    return graph


@pytest.fixture(scope="session")
def fresh_annex(built: Built) -> Graph:
    """The asserted graph of the fresh build, read with rdflib."""
    graph = Graph(bind_namespaces="none")
    graph.parse(data=built.annex.decode(), format="turtle")
    return graph
