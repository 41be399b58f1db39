"""The two parts of the tests: together they are all, and the quick one has every module's kind."""

from __future__ import annotations

import subprocess
import sys

import pytest

from conftest import ROOT

#: Modules with tests of each mark, and with many cases.
MODULES = ("tests/test_iris.py", "tests/test_kill.py", "tests/test_lenient.py")
COLLECT = (sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider")


def collected(*options: str) -> list[str]:
    told = subprocess.run(
        [*COLLECT, *options, *MODULES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return [line for line in told.stdout.splitlines() if "::" in line]


@pytest.mark.whole
def test_the_parts_are_all_tests_each_once() -> None:
    quick, rest = collected("--part", "quick"), collected("--part", "rest")
    assert sorted([*quick, *rest]) == sorted(collected())
    assert not set(quick) & set(rest)
    # All of what is quick, nothing of what takes long, three cases of the others.
    assert [each for each in rest if "test_iris" in each] == []
    assert [each for each in quick if "test_kill" in each] == []
    cases: dict[str, int] = {}
    for each in quick:
        if "test_lenient" in each:
            name = each.partition("[")[0]
            cases[name] = cases.get(name, 0) + 1
    assert set(cases) == {
        each.partition("[")[0] for each in [*quick, *rest] if "test_lenient" in each
    }
    assert max(cases.values()) == 3
