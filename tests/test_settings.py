"""Settings: one table, its environment variables, its documentation, and the home folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import ROOT
from gapgraph.errors import InputError, UsageError
from gapgraph.settings import SETTINGS, Home, Settings, find_home

NAMES = [each.name for each in SETTINGS]


def test_defaults_are_those_of_the_table() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 8
    assert dict(Settings().values) == {each.name: each.default for each in SETTINGS}
    assert dict(Settings.of({}).values) == dict(Settings().values)


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_each_setting_can_be_set(setting) -> None:  # type: ignore[no-untyped-def]
    """From its variable, and no other changes."""
    text = "123" if isinstance(setting.default, int) else "elsewhere"
    assert setting.variable == f"GAPGRAPH_{setting.name.upper()}"
    found = Settings.of({setting.variable: text, "PATH": "/bin", "gapgraph_port": "1"})
    changed = {name for name in NAMES if found.values[name] != Settings().values[name]}
    assert changed == {setting.name}
    if isinstance(setting.default, int):
        assert found.number(setting.name) == 123
    else:
        assert found.text(setting.name) == "elsewhere"


@pytest.mark.parametrize("text", [" ", " 80", "-1", "+1", "8e3", "80.0", "ocho", "٨٠", "9" * 13])
def test_a_bad_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Settings.of({"GAPGRAPH_PORT": text})
    assert str(caught.value).startswith(f"GAPGRAPH_PORT is {text!r}")
    assert str(caught.value).endswith(": give it a whole number, without sign")
    assert caught.value.exit_code == 2


def test_an_unknown_variable_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        Settings.of({"GAPGRAPH_PROT": "80"})
    message = str(caught.value)
    assert message.startswith("the environment variable GAPGRAPH_PROT is not a setting: use one")
    assert all(each.variable in message for each in SETTINGS)


def test_a_setting_has_one_kind() -> None:
    with pytest.raises(AssertionError, match="host"):
        Settings().number("host")
    with pytest.raises(AssertionError, match="port"):
        Settings().text("port")
    with pytest.raises(KeyError):
        Settings().text("prot")


def test_every_setting_is_documented() -> None:
    """docs/settings.md: name, variable, default and what for, row by row."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `(\w+)` \| `(\w+)` \| (.+?) \| (.+) \|$", text)
    assert rows == [
        (
            each.name,
            each.variable,
            "(empty)" if each.default == "" else f"`{each.default}`",
            each.help,
        )
        for each in SETTINGS
    ]


def test_home_is_found_from_below(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    below = checkout / "data" / "deep"
    below.mkdir(parents=True)
    (checkout / "pyproject.toml").write_text('[project]\nname = "gapgraph"\n')
    assert find_home(below) == Home(checkout, checkout=True)
    assert find_home(checkout) == Home(checkout, checkout=True)
    # Another project's folder is not taken: the checkout this code runs from is.
    (checkout / "pyproject.toml").write_text('[project]\nname = "other"\n')
    assert find_home(below) == Home(ROOT, checkout=True)


def test_a_named_home_must_hold_the_files(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(InputError, match="holds no data/ and ontology/: set GAPGRAPH_HOME"):
        find_home(tmp_path, str(tmp_path))
    (tmp_path / "ontology").mkdir()
    assert find_home(tmp_path, str(tmp_path)) == Home(tmp_path, checkout=False)
    assert find_home(tmp_path, str(ROOT)) == Home(ROOT, checkout=True)


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_an_empty_variable_is_none(setting) -> None:  # type: ignore[no-untyped-def]
    assert dict(Settings.of({setting.variable: ""}).values) == dict(Settings().values)
