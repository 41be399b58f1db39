"""Mutated queries over HTTP; ``bench/fuzz.py`` asks 100 000 of them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from asking import ask, descendants, endpoint, rows
from conftest import Built
from serving import ROOT

pytestmark = pytest.mark.xdist_group("workers")

COUNT = 1000


def bench() -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "bench" / "fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.whole
def test_mutated_queries_leave_the_service_up(built: Built, tmp_path: Path) -> None:
    fuzz = bench()
    assert len(fuzz.seeds()) > 60
    with endpoint(built, tmp_path) as server:
        services = {
            pid for pid, line in descendants(server.process.pid).items() if "forker" not in line
        }
        statuses = fuzz.fuzz(server.url, count=COUNT, seed=7, threads=2, deadline=6.0)
        assert sum(statuses.values()) == COUNT
        assert set(statuses) <= fuzz.ALLOWED
        assert statuses[200] > COUNT / 20  # they are not all refused at the door
        assert statuses[400] > COUNT / 20
        assert services <= set(descendants(server.process.pid))
        assert rows(ask(server, "SELECT (1 AS ?x) {}")) == [{"x": "1"}]
        assert json.loads(server.get("/health").body)["status"] == "ok"
