"""What a table is of: the folder's ``analysis.toml``, read and checked."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import URIRef

from gapgraph.errors import InputError
from gapgraph.files import read_text
from gapgraph.namespaces import ID, Names

__all__ = ["FILE_NAME", "Description", "read_description"]

#: The file that makes a folder an analysis.
FILE_NAME = "analysis.toml"

#: Classes that a plan's numbered parts may have, as local names of the ontology.
_ELEMENT_CLASSES = ("PlanElement", "PNATCategory")

_KEYS: dict[str, dict[str, type]] = {
    "analysis": {"iri": str, "jurisdiction": str, "language": str},
    "framework": {"iri": str, "label": str, "directives": int},
    "plan": {"iri": str, "label": str, "categories": int},
    "table": {"file": str},
}
_OPTIONAL: dict[str, dict[str, type]] = {
    "analysis": {"date": datetime.date, "rights": str},
    "framework": {},
    "plan": {"element_class": str},
    "table": {"sha256": str, "category_word": str, "none_words": str, "instruments": str},
}


@dataclass(frozen=True)
class Description:
    """One comparison of a plan with a framework, and the file that holds its table.

    :param folder: the folder of ``analysis.toml``
    :param names: the IRIs of analysis, framework and plan
    :param jurisdiction: IRI of the State or territory the plan is for
    :param language: BCP 47 tag of the table's texts
    :param date: when the comparison was made, if known
    :param rights: who the table's text belongs to
    :param framework_label: short name of the framework
    :param plan_label: short name of the plan
    :param directives: how many directives the framework has
    :param categories: how many numbered categories the plan has
    :param element_class: local name of the class of the plan's numbered categories
    :param table: the file of the table
    :param sha256: checksum the table's normalised text must have, if one is declared
    :param category_word: the word that opens a numbered value ("Categoría")
    :param none_words: the words that say that nothing was found ("No hay")
    :param instruments: file of literal names of instruments, if there is one
    """

    folder: Path
    names: Names
    jurisdiction: URIRef
    language: str
    date: datetime.date | None
    rights: str
    framework_label: str
    plan_label: str
    directives: int
    categories: int
    element_class: str
    table: Path
    sha256: str
    category_word: str
    none_words: str
    instruments: Path | None


def _section(content: Mapping[str, Any], name: str, file: Path) -> dict[str, Any]:
    """Return one section with every key checked."""
    section = content.get(name)
    if not isinstance(section, dict):
        raise InputError(f"has no section [{name}]", todo="add it", file=file)
    expected, optional = _KEYS[name], _OPTIONAL[name]
    for key in section:
        if key not in expected and key not in optional:
            raise InputError(
                f"[{name}] has the unknown key {key!r}",
                todo=f"use {', '.join((*expected, *optional))}",
                file=file,
            )
    for key, kind in {**expected, **optional}.items():
        value = section.get(key)
        if value is None and key in optional:
            continue
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            raise InputError(
                f"[{name}] {key} is {'missing' if value is None else repr(value)}",
                todo=f"give it a {'whole number' if kind is int else kind.__name__}",
                file=file,
            )
    return section


def _iri(text: str, key: str, family: str, file: Path) -> URIRef:
    """Return an IRI of ours, of a family (``framework`` …), checked."""
    if not re.fullmatch(re.escape(f"{ID}{family}/") + r"[a-z0-9][a-z0-9.-]*", text):
        raise InputError(
            f"{key} is {text!r}",
            todo=f"write {ID}{family}/ and a name in lower-case letters, digits and hyphens",
            file=file,
        )
    return URIRef(text)


def _beside(folder: Path, name: str, file: Path) -> Path:
    """Return the path of a file that must lie in the folder itself."""
    if Path(name).name != name or name == ".." or not name.isprintable():
        raise InputError(f"{name!r} is not a plain file name", todo="put it beside", file=file)
    return folder / name


def read_description(folder: Path, *, limit: int = 1_000_000) -> Description:
    """Read the ``analysis.toml`` of a folder.

    :param limit: the largest size that is read, in bytes
    :raises InputError: where the file is missing or not TOML, or a key is missing, unknown or
        of the wrong kind
    """
    file = folder / FILE_NAME
    if not folder.is_dir():
        raise InputError(
            "is not a folder", todo=f"name a folder that holds {FILE_NAME}", file=folder
        )
    try:
        content = tomllib.loads(read_text(file, limit=limit))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is not TOML ({error})", todo="mend it", file=file) from None
    for name in content:
        if name not in _KEYS:
            raise InputError(
                f"has the unknown section [{name}]", todo=f"use {', '.join(_KEYS)}", file=file
            )
    analysis, framework, plan, table = (
        _section(content, name, file) for name in ("analysis", "framework", "plan", "table")
    )
    for name, section, key in (
        ("framework", framework, "directives"),
        ("plan", plan, "categories"),
    ):
        if section[key] < 1:
            raise InputError(f"[{name}] {key} is {section[key]}", todo="count from 1", file=file)
    element_class = plan.get("element_class", "PlanElement")
    if element_class not in _ELEMENT_CLASSES:
        raise InputError(
            f"[plan] element_class is {element_class!r}",
            todo=f"use {' or '.join(_ELEMENT_CLASSES)}",
            file=file,
        )
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", analysis["language"]):
        raise InputError(
            f"[analysis] language is {analysis['language']!r}", todo="write es, en …", file=file
        )
    if not re.fullmatch(r'https?://[^\s<>"{}|\\^`]+', analysis["jurisdiction"]):
        raise InputError(
            f"[analysis] jurisdiction is {analysis['jurisdiction']!r}",
            todo="give the IRI of the State or territory",
            file=file,
        )
    return Description(
        folder=folder,
        names=Names(
            analysis=_iri(analysis["iri"], "[analysis] iri", "analysis", file),
            framework=_iri(framework["iri"], "[framework] iri", "framework", file),
            plan=_iri(plan["iri"], "[plan] iri", "plan", file),
        ),
        jurisdiction=URIRef(analysis["jurisdiction"]),
        language=analysis["language"],
        date=analysis.get("date"),
        rights=analysis.get("rights", ""),
        framework_label=framework["label"],
        plan_label=plan["label"],
        directives=framework["directives"],
        categories=plan["categories"],
        element_class=element_class,
        table=_beside(folder, table["file"], file),
        sha256=table.get("sha256", ""),
        category_word=table.get("category_word", "Categoría"),
        none_words=table.get("none_words", "No hay"),
        instruments=(
            _beside(folder, table["instruments"], file) if "instruments" in table else None
        ),
    )
