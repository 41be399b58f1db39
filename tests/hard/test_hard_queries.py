"""Queries changed by chance: a service answers each, and the scan sees what the engine sees.

``pytest tests/hard --times 100`` tries a hundred times as many; each test tells what it tried.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from asking import ask, descendants, endpoint, rows
from conftest import SUMMARY, Built
from mutating import ALLOWED, fuzz, seeds
from scanning import compared
from trying import summary

pytestmark = pytest.mark.whole

Say = Callable[[str, object], None]


@pytest.mark.xdist_group("workers")
def test_mutated_queries_leave_the_service_up(
    built: Built, times: int, tmp_path: Path, record_property: Say
) -> None:
    assert len(seeds()) > 60
    count = 1000 * times
    with endpoint(built, tmp_path) as server:
        services = {
            pid for pid, line in descendants(server.process.pid).items() if "forker" not in line
        }
        statuses = fuzz(server.url, count=count, seed=7, threads=2, deadline=6.0)
        assert sum(statuses.values()) == count
        assert set(statuses) <= ALLOWED
        assert statuses[200] > count / 20  # they are not all refused at the door
        assert statuses[400] > count / 20
        assert services <= set(descendants(server.process.pid))
        assert rows(ask(server, "SELECT (1 AS ?x) {}")) == [{"x": "1"}]
        assert json.loads(server.get("/health").body)["status"] == "ok"
    told = Counter({str(status): number for status, number in statuses.items()})
    record_property(SUMMARY, summary("mutated queries", told))


def test_the_scan_sees_the_dataset_that_the_engine_sees(times: int, record_property: Say) -> None:
    counts, wrong = compared(600 * times, seed=14)
    assert not [each for each in wrong if not each[0].startswith("suspected")]
    assert counts["same"] > 120 * times
    assert counts["service"] > 20 * times
    assert counts["no query"] < 450 * times
    record_property(SUMMARY, summary("scanned queries", counts))
