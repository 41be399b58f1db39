"""What a table is of: the folder's ``analysis.toml``, or a file by itself, read and checked."""

from __future__ import annotations

import datetime
import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import URIRef

from gapgraph.annex.values import VALUE_CLASSES, Vocabulary
from gapgraph.errors import InputError
from gapgraph.intake.keys import FILE_NAME, form_of, read_content
from gapgraph.intake.parties import stem_of
from gapgraph.iris import iri_fault
from gapgraph.namespaces import COUNTRY, ID, Names, last_segment
from gapgraph.told import told

__all__ = ["FILE_NAME", "OUTSIDE", "REVIEWS", "Description", "read_description"]

#: The name of the table of people's decisions, which lies beside `FILE_NAME`.
REVIEWS = "reviews.tsv"
#: And that of the table of what documents of others say of the same plan.
OUTSIDE = "outside.tsv"


@dataclass(frozen=True)
class Description:
    """One comparison of a plan with a framework, and the file that holds its table.

    :param folder: the folder of ``analysis.toml``
    :param free: whether the table may have any form, and a mapping says how it is read
    :param described: the file that says so; the table itself where it stands alone
    :param names: the IRIs of analysis, framework and plan
    :param jurisdiction: IRI of the State or territory the plan is for, if it is for one
    :param language: BCP 47 tag of the table's texts, in lower case
    :param framework_language: BCP 47 tag of the framework's texts, which may be another
    :param date: when the comparison was made, if known
    :param rights: who the table's text belongs to
    :param framework_label: short name of the framework
    :param plan_label: short name of the plan
    :param directives: how many directives the framework has; 0 where only the table shows it
    :param categories: how many numbered categories the plan has; 0 where nobody says
    :param element_class: local name of the class of the plan's numbered categories
    :param table: the file of the table
    :param sha256: checksum the table's normalised text must have, if one is declared
    :param category_word: the word that opens a numbered value ("Categoría")
    :param values: the words of the table that are no numbered category, by what they say
    :param partial: whether the table holds only some of the framework's directives
    :param instruments: file of literal names of instruments, if there is one
    :param institutions: file of the State's institutions, if there is one
    :param reviews: file of what people decided of what was read, if there is one
    :param outside: file of the grades that documents of others give, if there is one
    """

    folder: Path
    free: bool
    described: Path
    names: Names
    jurisdiction: URIRef | None
    language: str
    framework_language: str
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
    values: Vocabulary
    partial: bool
    instruments: Path | None
    institutions: Path | None
    reviews: Path | None = None
    outside: Path | None = None

    @property
    def own_rules(self) -> list[Path]:
        """The analysis's own rules of reading; a table that stands alone has none."""
        alone = self.described == self.table
        return [] if alone else sorted((self.folder / "reading").glob("*.tsv"))

    @property
    def tables(self) -> list[Path]:
        """The files of names, decisions and rules that lie beside the table."""
        named = (self.instruments, self.institutions, self.reviews)
        return [*(each for each in named if each), *self.own_rules]

    @property
    def files(self) -> list[Path]:
        """All files that it is read from."""
        beside = [self.outside] if self.outside else []
        return list(dict.fromkeys([self.described, self.table, *self.tables, *beside]))


def _vocabulary(values: Mapping[str, list[str]], none: list[str], file: Path) -> Vocabulary:
    """Return the table's own words, each with what it says.

    :param values: the section ``[values]``
    :param none: the words of ``none_words``, the key of earlier versions
    """
    listed = {name: tuple(values.get(name, ())) for name in VALUE_CLASSES}
    listed["none"] = (*none, *listed["none"])
    try:
        return Vocabulary(listed)
    except ValueError as error:
        raise InputError(
            told("[values] {error}", error=error.args[0]),
            todo=told("keep it under one of the two"),
            file=file,
        ) from None


def _iri(content: Mapping[str, Any], family: str, usual: str, file: Path) -> URIRef:
    """Return an IRI of ours, of a family (``framework`` …), checked.

    :param usual: the last part of it, where the file names none
    """
    section = content.get(family, {})
    text = section.get("iri") or f"{ID}{family}/{section.get('slug') or usual}"
    if not re.fullmatch(re.escape(f"{ID}{family}/") + r"[a-z0-9][a-z0-9.-]*", text):
        raise InputError(
            told("[{family}] iri is {text!r}", family=family, text=text),
            todo=told(
                "write {address}{family}/ and a name in lower-case letters, digits and hyphens",
                address=ID,
                family=family,
            ),
            file=file,
        )
    return URIRef(text)


def _names(content: Mapping[str, Any], table: Path, file: Path) -> Names:
    """Return the IRIs of analysis, framework and plan; what nobody names, the table's file does."""
    framework = _iri(content, "framework", stem_of(table), file)
    plan = _iri(content, "plan", stem_of(table), file)
    both = dict.fromkeys((last_segment(framework), last_segment(plan)))
    return Names(_iri(content, "analysis", "-".join(both), file), framework, plan)


def _jurisdiction(text: str, file: Path) -> URIRef | None:
    """Return a State's IRI, by its code of three letters or as it stands."""
    if re.fullmatch(r"[A-Z]{3}", text):
        return COUNTRY[text]
    if text and (fault := iri_fault(text)):
        raise InputError(
            told(
                "[analysis] jurisdiction is {text!r}, which is no IRI ({fault})",
                text=text,
                fault=fault,
            ),
            todo=told("give the IRI of the State or territory, or its code of three letters"),
            file=file,
        )
    return URIRef(text) if text else None


@functools.cache
def _earlier() -> dict[str, Any]:
    """Return what version 0.1 took for granted where ``analysis.toml`` did not say it."""
    return tomllib.loads((Path(__file__).parent / "earlier.toml").read_text(encoding="utf-8"))


def read_description(path: Path, *, limit: int = 1_000_000) -> Description:
    """Read what a table is of.

    :param path: the folder of an ``analysis.toml``, or a table that needs none
    :param limit: the largest ``analysis.toml`` that is read, in bytes
    :raises InputError: where it is missing or not TOML, or a key is missing, unknown or of the
        wrong kind
    """
    alone = path.is_file() and path.name != FILE_NAME
    folder = path.parent if alone else path
    file = path if alone else folder / FILE_NAME
    if not folder.is_dir():
        raise InputError(
            told("is not a folder"),
            todo=told("name a folder that holds {file_name}", file_name=FILE_NAME),
            file=folder,
        )
    content: dict[str, Any] = {"source": {"file": path.name}}
    if not alone:
        content = read_content(file, limit=limit)
    analysis, framework, plan, values = (
        content.get(name, {}) for name in ("analysis", "framework", "plan", "values")
    )
    form = form_of(content)
    table, earlier = content[form], _earlier()
    reviews, outside = folder / REVIEWS, folder / OUTSIDE
    # As the tags of texts are written, so that the two are equal for whoever compares them.
    language = analysis.get("language", "").lower()
    beside = {
        name: folder / table[name] for name in ("instruments", "institutions") if name in table
    }
    return Description(
        folder=folder,
        free=form == "source",
        described=file,
        names=_names(content, folder / table["file"], file),
        jurisdiction=_jurisdiction(analysis.get("jurisdiction", ""), file),
        language=language,
        framework_language=framework.get("language", language).lower(),
        date=analysis.get("date"),
        rights=analysis.get("rights", ""),
        framework_label=framework.get("label", ""),
        plan_label=plan.get("label", ""),
        directives=framework.get("directives", 0),
        categories=plan.get("categories", 0),
        element_class=plan.get("element_class", "PlanElement"),
        table=folder / table["file"],
        sha256=table.get("sha256", ""),
        category_word=table.get("category_word", earlier["category_word"]),
        values=_vocabulary(
            values, table.get("none_words", [] if "none" in values else earlier["none_words"]), file
        ),
        partial=table.get("partial", False),
        instruments=beside.get("instruments"),
        institutions=beside.get("institutions"),
        reviews=reviews if not alone and reviews.is_file() else None,
        outside=outside if not alone and outside.is_file() else None,
    )
