"""One table of settings, and where ``ontology/``, ``data/`` and ``queries/`` lie.

Each setting has a name, a default and a help text; the environment variable ``GAPGRAPH_<NAME>``
overrides the default.  The command line is the only caller that passes an environment in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gapgraph.errors import InputError, UsageError
from gapgraph.told import told

__all__ = ["SETTINGS", "Home", "Setting", "Settings", "find_home"]


@dataclass(frozen=True)
class Setting:
    """One setting: its name, its default (whose type it takes) and what it is for."""

    name: str
    default: int | str
    help: str

    @property
    def variable(self) -> str:
        """The environment variable that overrides the default."""
        return f"GAPGRAPH_{self.name.upper()}"


#: Every setting there is. Documented, and checked against the documentation, by the tests.
SETTINGS: tuple[Setting, ...] = (
    Setting("home", "", "folder holding ontology/, data/ and queries/; found if empty"),
    Setting("output", "build", "folder that a build is written to and served from"),
    Setting("kept", "", "folder of results kept between builds; inside the output if empty"),
    Setting("host", "127.0.0.1", "address the service listens on"),
    Setting("port", 8000, "port the service listens on"),
    Setting("contact", "", "whom readers tell of mistakes: an address of mail or of the web"),
    Setting("workers", 0, "worker processes of the service; 0 means one a core"),
    Setting("store", "auto", "where a build is served from: memory, disk or auto, by its size"),
    Setting("store_quads", 1_000_000, "quads from which `auto` means disk"),
    Setting("cache_bytes", 64_000_000, "answers kept in memory by each worker, in bytes"),
    Setting("max_url_characters", 16_000, "longest address that is answered, in characters"),
    Setting("max_body_bytes", 20_000_000, "largest body of a request, in bytes"),
    Setting("max_source_bytes", 16_000_000, "largest table that is read, in bytes"),
    Setting("max_cell_characters", 50_000, "longest cell of a table, in characters"),
    Setting("unread_percent", 0, "text of an analysis that `build --strict` lets be unread, in %"),
    Setting("query_workers", 2, "ad-hoc queries that run at once, in each worker process"),
    Setting("query_queue", 16, "ad-hoc queries that may wait for a place; others get 503"),
    Setting("query_seconds", 10, "time an ad-hoc query may take, planning included, in seconds"),
    Setting("query_memory_bytes", 512_000_000, "memory an ad-hoc query may use, in bytes"),
    Setting("query_result_bytes", 64_000_000, "largest result of an ad-hoc query, in bytes"),
    Setting("query_bytes", 65_536, "longest ad-hoc query, in bytes"),
    Setting("query_depth", 100, "brackets that an ad-hoc query may nest"),
    Setting("engine_user", "", "who asks an engine at a distance, or loads it; nobody if empty"),
    Setting("engine_password", "", "the password of who asks it"),
    Setting("engine_seconds", 30, "time an engine at a distance may take to answer, in seconds"),
    Setting("engine_result_bytes", 256_000_000, "largest answer of such an engine, in bytes"),
    Setting("engine_load_seconds", 600, "time such an engine may take to take a graph, in seconds"),
    Setting("validation_workers", 3, "graphs that are judged at once, in each worker process"),
    Setting("validation_seconds", 60, "time that judging RDF sent to the service may take"),
    Setting("validation_memory_bytes", 1_000_000_000, "memory that judging it may use, in bytes"),
    Setting("max_data_bytes", 512_000_000, "largest file that `--with` adds, in bytes"),
)


@dataclass(frozen=True)
class Settings:
    """The settings in force; reading one that does not exist is an error."""

    values: Mapping[str, int | str] = field(
        default_factory=lambda: {each.name: each.default for each in SETTINGS}
    )

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings of an environment.

        :param environment: variable names and values, as ``os.environ``; an empty value is none
        :raises UsageError: for a number that is not one, or a variable no setting has
        """
        known = {each.variable: each for each in SETTINGS}
        values: dict[str, int | str] = {each.name: each.default for each in SETTINGS}
        for variable, text in environment.items():
            if not variable.startswith("GAPGRAPH_") or variable == "GAPGRAPH_EXTERNAL":
                continue
            setting = known.get(variable)
            if setting is None:
                raise UsageError(
                    told("the environment variable {variable} is not a setting", variable=variable),
                    todo=told("use one of {these}", these=", ".join(known)),
                )
            if not text:
                continue
            if isinstance(setting.default, int):
                if not re.fullmatch(r"[0-9]{1,12}", text):
                    raise UsageError(
                        told("{variable} is {text!r}", variable=variable, text=text),
                        todo=told("give it a whole number, without sign"),
                    )
                values[setting.name] = int(text)
            else:
                values[setting.name] = text
        return cls(values)

    def number(self, name: str) -> int:
        """Return a setting that is a number."""
        value = self.values[name]
        assert isinstance(value, int), name
        return value

    def text(self, name: str) -> str:
        """Return a setting that is a text."""
        value = self.values[name]
        assert isinstance(value, str), name
        return value


@dataclass(frozen=True)
class Home:
    """Where the project's files lie: a checkout, or the copy that an installed wheel carries.

    :param root: the folder holding ``ontology/``, ``data/`` and ``queries/``
    :param checkout: whether it is a checkout, whose ``data/annex.ttl`` a build updates
    """

    root: Path
    checkout: bool

    @property
    def ontology(self) -> Path:
        """The ontology, its shapes and its rules."""
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        """The table's source, its graph and the reviewed files."""
        return self.root / "data"

    @property
    def queries(self) -> Path:
        """The stored queries."""
        return self.root / "queries"

    @property
    def analysis(self) -> Path:
        """The folder of the table that every build reads: ``analysis.toml`` and the text."""
        return self.data / "source"


def _is_checkout(folder: Path) -> bool:
    """Tell whether a folder is a checkout of this project."""
    project = folder / "pyproject.toml"
    return (
        project.is_file()
        and 'name = "gapgraph"' in project.read_text(encoding="utf-8")
        and (folder / "data").is_dir()
    )


def find_home(start: Path, named: str = "") -> Home:
    """Find the project's files.

    :param start: folder to look from: it, or one above it, may be a checkout
    :param named: folder to take instead, from the setting ``home``
    :return: a checkout above ``start``, else the checkout this code runs from, else the copy
        that the wheel carries
    :raises InputError: where ``named`` does not hold the folders that are needed
    """
    if named:
        root = Path(named)
        if not (root / "data").is_dir() or not (root / "ontology").is_dir():
            raise InputError(
                told("{named} holds no data/ and ontology/", named=named),
                todo=told("set GAPGRAPH_HOME to a checkout, or unset it"),
            )
        return Home(root, _is_checkout(root))
    here = Path(__file__).resolve().parent
    for folder in (start.resolve(), *start.resolve().parents, here.parents[1]):
        if _is_checkout(folder):
            return Home(folder, checkout=True)
    return Home(here / "_files", checkout=False)
