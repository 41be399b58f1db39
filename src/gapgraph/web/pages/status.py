"""Coverage statuses and kinds of statements, as pages name and draw them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gapgraph.namespaces import GG
from gapgraph.web.language import gettext as _

__all__ = ["KINDS", "STATUSES", "Mark", "kind_mark", "mark", "marks", "worst"]

_NAMESPACE = str(GG)


@dataclass(frozen=True)
class Mark:
    """How a status is shown.

    :param name: the local name of its IRI, which is also its class in the style sheet
    :param word: what it is called, as the ontology names it
    :param meaning: what it says, in one sentence
    """

    name: str
    word: str
    meaning: str

    @property
    def iri(self) -> str:
        """The IRI of the status."""
        return f"{_NAMESPACE}{self.name}"


#: The statuses a topic may have, from the best to the worst.
STATUSES = ("addressed", "indeterminate", "partial", "none")
#: The kinds of statements, in the order of the legend.
KINDS = ("Provision", "Omission", "Invocation", "Doubt", "ContextNote")


def marks() -> dict[str, Mark]:
    """Return every mark by its name, in the reader's language."""
    return {
        each.name: each
        for each in (
            Mark(
                "addressed",
                _("abordado"),
                _("Tiene un elemento del plan, y ninguna observación le pone reparo."),
            ),
            Mark(
                "partial",
                _("parcial"),
                _("Tiene un elemento del plan, pero la observación dice que algo falta."),
            ),
            Mark(
                "none",
                _("sin elemento del plan"),
                _("El cuadro dice «No hay»: ningún elemento del plan le corresponde."),
            ),
            Mark(
                "indeterminate",
                _("indeterminado"),
                _("Tiene un elemento del plan, y la observación duda de que sea lo mismo."),
            ),
            Mark(
                "notAssessed",
                _("no evaluada"),
                _("El cuadro no destaca ningún tema de la directriz: no es una brecha."),
            ),
        )
    }


def mark(iri: str) -> Mark:
    """Return the mark of a status by its IRI; one without a word of ours gets an open mark."""
    name = iri.removeprefix(_NAMESPACE)
    return marks().get(name) or Mark("unknown", _("sin estado"), _("El grafo no le da estado."))


def kind_mark(iri: str) -> Mark:
    """Return the mark of a kind of statement by its IRI."""
    words = {
        "Provision": Mark("Provision", _("el plan dispone"), ""),
        "Omission": Mark("Omission", _("falta en el plan"), ""),
        "Invocation": Mark("Invocation", _("remite a otro instrumento"), ""),
        "Doubt": Mark("Doubt", _("duda"), ""),
        "ContextNote": Mark("ContextNote", _("contexto"), ""),
    }
    return words.get(iri.removeprefix(_NAMESPACE), Mark("ContextNote", _("contexto"), ""))


def worst(statuses: Iterable[str]) -> str:
    """Return the IRI of the worst of some statuses; nothing where none is known."""
    ranked = {f"{_NAMESPACE}{name}": rank for rank, name in enumerate(STATUSES)}
    return max((each for each in statuses if each in ranked), key=ranked.__getitem__, default="")
