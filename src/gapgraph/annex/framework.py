"""What a graph says of a framework, as the words of a table: directives, identifiers, sections."""

from __future__ import annotations

from rdflib import Graph
from rdflib.term import Node

from gapgraph.annex.export import in_order, words_of
from gapgraph.annex.table import title_of
from gapgraph.namespaces import GG, RDF, SKOS

__all__ = ["FrameworkText"]


class FrameworkText:
    """The words of a framework.

    :param graph: an asserted graph
    :param framework: its IRI
    :ivar directives: its directives, in order
    """

    def __init__(self, graph: Graph, framework: Node | None) -> None:
        self.graph, self.framework = graph, framework
        self.directives = [
            each
            for each in in_order(graph, graph.subjects(GG.ofFramework, self.framework))
            if (each, RDF.type, GG.Directive) in graph
        ]

        self._texts = any(
            words_of(graph, each, GG.text) != self.notation(each) for each in self.directives
        )

    def text(self, directive: Node) -> str:
        """Return a directive's text; nothing where identifiers stand for all texts."""
        return words_of(self.graph, directive, GG.text) if self._texts else ""

    def notation(self, node: Node) -> str:
        """Return an identifier as printed."""
        return words_of(self.graph, node, SKOS.notation) or words_of(self.graph, node, GG.number)

    def path(self, directive: Node) -> list[tuple[str, str]]:
        """Return code and title of each section that a directive stands in, the widest first."""
        found = []
        section = self.graph.value(directive, GG.inSection)
        while section is not None and section != self.framework:
            found.append(self.section(section))
            section = self.graph.value(section, GG.partOf)
        return found[::-1]

    def section(self, section: Node) -> tuple[str, str]:
        """Return code and title of a section, as two cells that are read back as one."""
        heading, code = words_of(self.graph, section, GG.literalLabel), self.notation(section)
        rest = heading.removeprefix(code).strip()
        if heading == code:
            return code, ""
        if heading == f"{code} {rest}" and title_of(rest) == words_of(
            self.graph, section, SKOS.prefLabel
        ):
            return code, rest
        return (code, heading) if heading.startswith(code) else ("", heading)
