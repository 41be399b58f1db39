"""Asserted graph → a table in rows of any framework: one a value, with a column for each thing.

The five columns of `annex.export` need numbered directives in sections.  This form needs neither:
what it writes, `gapgraph intake` reads back to the same graph by the mapping that goes with it,
lines, checksum and the headings of columns aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.annex.export import chosen_analysis, in_order, of_analysis, words_of
from gapgraph.annex.framework import FrameworkText
from gapgraph.annex.values import RELATIONS, STATUSES
from gapgraph.annex.written import Sheet
from gapgraph.intake.guess import ELEMENT_PATTERN
from gapgraph.intake.keys import ELEMENT_CLASSES
from gapgraph.intake.mapping import Column, Parties, TableMapping
from gapgraph.intake.words import IntakeWords, fold
from gapgraph.namespaces import DCTERMS, GG, ID, PROV, RDF, SKOS, slug

__all__ = ["sheet_of"]

#: The columns of a sheet, but for sections, which have two a level.
_ROLES = (
    "directive", "text", "indicator", "topic", "element", "label", "relation", "degree",
    "status", "observation",
)  # fmt: skip
#: What stands for a value whose cell is blank.
_BLANK = "∅"
#: How the name of a part follows its code.
_NAMED = r"(?:[\s:.,–—-]+(?P<label>.+))?"


@dataclass
class _Values:
    """The words of a sheet's values, and what they say.

    :ivar classes: the class of each word, by what its spellings have in common
    :ivar spelled: the spellings that have the class of their word
    """

    words: IntakeWords
    language: str
    classes: dict[str, str] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)

    def takes(self, literal: str, kind: str) -> bool:
        """Tell whether a word may say something: nothing else was said by it."""
        taken = self.classes.setdefault(fold(literal), kind) == kind
        if taken:
            self.spelled[literal] = kind
        return taken

    def word(self, kind: str) -> str:
        """Return a word that says something, in the table's language where there is one."""
        return self.words.word(kind, self.language)

    def own(self, is_part: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
        """Return the words of each class that the lists of words do not give it.

        :param is_part: tells whether words are known by themselves for a part of the plan
        """
        own: dict[str, list[str]] = {}
        for literal, kind in self.spelled.items():
            usual = self.words.values.get(fold(literal), "")
            known = kind == "element" and not usual and is_part(literal)
            if usual != kind and not known:
                own.setdefault(kind, []).append(literal)
        return {kind: tuple(words) for kind, words in own.items()}


class _Composer(FrameworkText):
    """Composes the sheet of one analysis."""

    def __init__(self, graph: Graph, analysis: Node, words: IntakeWords) -> None:
        super().__init__(graph, graph.value(analysis, GG.framework))
        self.analysis = analysis
        self.language = str(graph.value(analysis, DCTERMS.language) or "")
        self.values = _Values(words, self.language)
        self.parts: dict[str, Node] = {}
        self.take_words()
        self.own_topics = all(
            words_of(graph, topic, GG.text) == self.title(directive)
            for directive in self.directives
            for topic in self.topics(directive)
        )

    def take_words(self) -> None:
        """Give each word one class: what names a part, or says a status, says no more elsewhere."""
        mappings = of_analysis(self.graph, self.analysis, self.graph.subjects(GG.mapsTopic))
        literals: dict[str, set[str]] = {}
        for mapping in in_order(self.graph, mappings):
            literal, kind = words_of(self.graph, mapping, GG.literalLabel), self.kind(mapping)
            literals.setdefault(kind, set()).add("" if literal == _BLANK else literal)
            part = self.graph.value(mapping, GG.mapsTo)
            if part is not None:
                self.parts[literal] = part
        for kind in ("element", *STATUSES, *RELATIONS, "none"):
            for literal in sorted(literals.get(kind, ())):
                self.values.takes(literal, kind)

    def kind(self, mapping: Node) -> str:
        """Return the class of a value."""
        if self.graph.value(mapping, GG.mapsTo) is not None:
            return "element"
        return (
            _local(self.graph.value(mapping, GG.declaredStatus), STATUSES)
            or _local(self.graph.value(mapping, GG.relation), RELATIONS)
            or "none"
        )

    def title(self, directive: Node) -> str:
        """Return what the topic of a directive that is its own says."""
        return self.text(directive) or self.notation(directive)

    def topics(self, directive: Node) -> list[Node]:
        """Return a directive's topics in the analysis."""
        topics = self.graph.objects(directive, GG.hasTopic)
        return in_order(self.graph, of_analysis(self.graph, self.analysis, topics))

    def rows(self) -> Iterator[tuple[list[tuple[str, str]], dict[str, str]]]:
        """Yield each row: the path of its sections, and its cells by role."""
        for directive in self.directives:
            notation, first = self.notation(directive), True
            for cells in self.said(directive):
                row = {"directive": notation, **cells}
                if first:
                    row["text"] = self.text(directive)
                    for role, link in (
                        ("indicator", GG.hasIndicator),
                        ("observation", GG.hasObservation),
                    ):
                        row[role] = self.paragraphs(directive, link)
                yield self.path(directive) if first else [], row
                first = False

    def paragraphs(self, directive: Node, link: URIRef) -> str:
        """Return the texts of a directive's indicators or observations, one a line."""
        nodes = list(self.graph.objects(directive, link))
        if link == GG.hasObservation:
            nodes = of_analysis(self.graph, self.analysis, nodes)
        return "\n".join(
            words_of(self.graph, each, GG.text) for each in in_order(self.graph, nodes)
        )

    def said(self, directive: Node) -> Iterator[dict[str, str]]:
        """Yield what the table says of a directive, a row for each value; one at least."""
        topics = self.topics(directive)
        if not topics:
            yield {}
        for topic in topics:
            label = "" if self.own_topics else words_of(self.graph, topic, GG.text)
            mappings = of_analysis(
                self.graph, self.analysis, self.graph.subjects(GG.mapsTopic, topic)
            )
            cells = [self.value(each) for each in in_order(self.graph, mappings)] or [{}]
            if (
                len(cells) > 1
                and "status" in cells[-1]
                and "status" not in cells[-2]
                and not (cells[-1]["degree"] or cells[-1]["relation"])
            ):
                # A status beside a part of the plan has a column of its own.
                status = cells.pop()["element"]
                cells[-1]["status"] = status
            for cell in cells:
                yield {**cell, "topic": label}
                label = ""

    def value(self, mapping: Node) -> dict[str, str]:
        """Return the cells of one value."""
        literal = words_of(self.graph, mapping, GG.literalLabel)
        part = self.graph.value(mapping, GG.mapsTo)
        relation = _local(self.graph.value(mapping, GG.relation), RELATIONS)
        status = _local(self.graph.value(mapping, GG.declaredStatus), STATUSES)
        degree = words_of(self.graph, mapping, GG.degree)
        written = "" if literal == _BLANK else literal
        if part is not None:
            said = relation or status
            cells = {"relation": self.values.word(said) if said else ""}
        else:
            kind = self.kind(mapping)
            # Where the words name a part elsewhere, what relates them to nothing says so here.
            fits = self.values.takes(written, kind)
            said = (relation if status else "") if fits else kind
            cells = {"relation": self.values.word(said) if said else ""}
            degree = "" if status and degree == literal else degree
            if status:
                cells["status"] = ""
        return {**cells, "element": written, "degree": degree}


def _local(node: Node | None, known: Iterable[str]) -> str:
    """Return the local name of a status or relation that a table may give, or nothing."""
    name = str(node).removeprefix(str(GG)) if isinstance(node, URIRef) else ""
    return name if name in known else ""


def _pattern(composer: _Composer) -> str:
    """Return a pattern that finds the codes of the plan's parts in the words of values.

    The usual one is taken where it finds the codes that there are and no others.
    """
    codes = {
        literal: composer.notation(part) if _has_code(part) else ""
        for literal, part in composer.parts.items()
    }
    named = [re.escape(code) for code in sorted({*codes.values()} - {""}, key=len, reverse=True)]
    own = rf"(?:[^\W\d_]+ )?(?P<code>{'|'.join(named)}){_NAMED}" if named else ""
    fits = all(
        slug(_code(ELEMENT_PATTERN, literal)) == slug(code) for literal, code in codes.items()
    )
    return ELEMENT_PATTERN if fits else own


def _code(pattern: str, literal: str) -> str:
    """Return the code of the part that the words of a value name by a pattern, or nothing."""
    found = re.fullmatch(pattern, literal.removesuffix(".")) if pattern else None
    return found["code"] or "" if found else ""


def _has_code(part: Node) -> bool:
    """Tell whether a part of a plan has an identifier: the IRIs of others are of another family."""
    return "/category/" in str(part)


def sheet_of(
    graph: Graph, words: IntakeWords, analysis: str = "", *, file: str = "table.csv"
) -> Sheet:
    """Return the table of an analysis, a row for each value.

    :param graph: an asserted graph
    :param words: the words by which columns and values are known
    :param analysis: IRI of the analysis or the last part of that; needed where there are several
    :param file: the name of the file that the rows go to
    :raises NotFoundError: where there is no such analysis
    :raises InputError: where the graph holds none, or more than one and none is named
    """
    composer = _Composer(graph, chosen_analysis(graph, analysis), words)
    rows = list(composer.rows())
    depth = max((len(path) for path, _ in rows), default=0)
    pattern = _pattern(composer)
    _name_parts(composer, rows, pattern)
    used = [
        role
        for role in _ROLES
        if role in {"directive", "element"} or any(cells.get(role) for _, cells in rows)
    ]
    # Codes or titles that no section has need no column.
    levels = [
        place
        for place in range(2 * depth)
        if any(place // 2 < len(path) and path[place // 2][place % 2] for path, _ in rows)
    ]
    heading = {role: words.heading(role, composer.language) for role in ("section", *used)}
    columns = [("section", heading["section"])] * len(levels) + [(r, heading[r]) for r in used]
    written = [tuple(name for _, name in columns)]
    for path, cells in rows:
        titles = [text for level in path for text in level] + [""] * (2 * depth)
        written.append(
            (*(titles[each] for each in levels), *(cells.get(role, "") for role in used))
        )
    framework, plan = composer.framework, graph.value(composer.analysis, GG.plan)
    state = str(graph.value(composer.analysis, GG.jurisdiction) or "")
    return Sheet(
        tuple(written),
        TableMapping(
            file=file,
            table="",
            header_row=1,
            columns=tuple(Column(place, role, name) for place, (role, name) in enumerate(columns)),
            topic_mark="column" if "topic" in used else "none",
            parties=Parties(
                framework=_slug(framework, "framework"),
                framework_label=_name(graph, framework),
                plan=_slug(plan, "plan"),
                plan_label=_name(graph, plan),
                jurisdiction=state.rpartition("/")[2] if re.search(r"/[A-Z]{3}$", state) else state,
                language=composer.language,
            ),
            element_id=pattern,
            values=composer.values.own(lambda literal: bool(_code(pattern, literal))),
        ),
        _more(graph, composer.analysis, framework, plan),
    )


def _more(
    graph: Graph, analysis: Node, framework: Node | None, plan: Node | None
) -> dict[str, dict[str, object]]:
    """Return what a graph says of analysis, framework and plan, as keys of ``analysis.toml``."""
    source = graph.value(analysis, PROV.wasDerivedFrom)
    date = graph.value(analysis, DCTERMS.date)
    language, of_texts = (
        str(graph.value(node, name) or "")
        for node, name in ((analysis, DCTERMS.language), (framework, GG.textLanguage))
    )
    count = graph.value(plan, GG.categoryCount)
    # The widest class is what a file without the key means.
    classes = [name for name in ELEMENT_CLASSES[1:] if (None, RDF.type, GG[name]) in graph]
    return {
        "analysis": {
            "slug": _slug(analysis, "analysis"),
            "date": date.toPython() if isinstance(date, Literal) else None,
            "rights": str(graph.value(source, DCTERMS.rights) or ""),
        },
        "framework": {"language": of_texts if of_texts != language else ""},
        "plan": {
            "categories": int(str(count)) if count is not None else None,
            "element_class": classes[0] if classes else "",
        },
    }


def _name_parts(
    composer: _Composer, rows: Iterable[tuple[object, dict[str, str]]], pattern: str
) -> None:
    """Add the name of a part whose values give its code alone."""
    graph = composer.graph
    named = {
        part
        for literal, part in composer.parts.items()
        if (found := re.fullmatch(pattern, literal.removesuffix("."))) and found["label"]
    }
    for _, cells in rows:
        part = composer.parts.get(cells.get("element", ""))
        if part is not None and part not in named and _has_code(part):
            label = words_of(graph, part, SKOS.prefLabel)
            if label != composer.notation(part):
                cells["label"] = label


def _slug(node: Node | None, family: str) -> str:
    return str(node).removeprefix(f"{ID}{family}/")


def _name(graph: Graph, node: Node | None) -> str:
    return words_of(graph, node, SKOS.prefLabel) if node is not None else ""
