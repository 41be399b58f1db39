"""The exception tree, against the table in its own module's text."""

from __future__ import annotations

import re

import pytest

from gapgraph import errors


def tree(cls: type[errors.GapgraphError]) -> list[type[errors.GapgraphError]]:
    return [cls, *(each for child in cls.__subclasses__() for each in tree(child))]


#: Name, parent, exit code, HTTP status, code: the whole tree.
EXPECTED = {
    ("GapgraphError", "Exception", 3, 500, "error"),
    ("InputError", "GapgraphError", 2, 422, "input"),
    ("TooMuchError", "InputError", 2, 422, "too-much"),
    ("UnsupportedFunctionError", "UsageError", 2, 400, "unsupported-function"),
    ("UnwritableError", "InputError", 2, 406, "unwritable"),
    ("UsageError", "InputError", 2, 400, "usage"),
    ("NotFoundError", "UsageError", 2, 404, "not-found"),
    ("GoneError", "NotFoundError", 2, 410, "gone"),
    ("QuerySyntaxError", "UsageError", 2, 400, "syntax"),
    ("ViolationError", "GapgraphError", 1, 422, "violation"),
    ("EnvironmentFailure", "GapgraphError", 3, 503, "environment"),
    ("BusyError", "EnvironmentFailure", 3, 503, "busy"),
    ("DeadlineError", "EnvironmentFailure", 3, 504, "deadline"),
    ("EngineError", "EnvironmentFailure", 3, 502, "engine"),
    ("NotBuiltError", "EnvironmentFailure", 3, 503, "not-built"),
}


def own(cls: type[errors.GapgraphError]) -> bool:
    """Leave out classes that another test may define."""
    return cls.__module__ == errors.__name__


def test_the_tree_is_whole() -> None:
    found = {
        (each.__name__, each.__mro__[1].__name__, each.exit_code, each.http_status, each.code)
        for each in tree(errors.GapgraphError)
        if own(each)
    }
    assert found == EXPECTED
    assert set(errors.__all__) == {name for name, *_ in EXPECTED}


def test_the_module_s_table_says_the_same() -> None:
    """Each line of the drawing: name, exit code, HTTP status; indentation is the parent."""
    documented = re.findall(r"(?m)^ *[│ ]*[├└]── (\w+) +(\d) +(\d{3})  ", errors.__doc__ or "")
    assert {(name, int(code), int(status)) for name, code, status in documented} == {
        (name, code, status) for name, parent, code, status, _ in EXPECTED if parent != "Exception"
    }


def test_every_failure_of_the_project_is_in_the_tree() -> None:
    """No other module defines an exception outside it."""
    for each in tree(errors.GapgraphError):
        assert each.__module__.startswith("gapgraph."), each
        assert each.exit_code in (1, 2, 3)
        assert each.http_status in range(400, 600)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "is wrong"),
        ({"todo": "mend it"}, "is wrong: mend it"),
        ({"todo": "mend it", "file": "a.txt"}, "a.txt: is wrong: mend it"),
        ({"todo": "mend it", "file": "a.txt", "line": 7}, "a.txt:7: is wrong: mend it"),
        ({"todo": "mend\n\tit", "file": "a\n.txt", "line": 7}, "a .txt:7: is wrong: mend it"),
    ],
)
def test_messages_are_one_line(arguments: dict[str, object], expected: str) -> None:
    error = errors.InputError("is  wrong", **arguments)  # type: ignore[arg-type]
    assert str(error) == expected
    assert (error.what, error.todo) == ("is  wrong", arguments.get("todo", ""))
