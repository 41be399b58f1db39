"""A report in words: what its model becomes in a language, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator

from gapgraph import __version__
from gapgraph.queries.rows import Text
from gapgraph.report.asking import Words
from gapgraph.report.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Run,
    plain,
    run,
)
from gapgraph.report.choice import READING
from gapgraph.report.model import Card, Directive, Part, Report
from gapgraph.report.picture import bar
from gapgraph.report.sentences import Sentence
from gapgraph.statuses import NOT_APPLICABLE

__all__ = ["document_of", "share"]


def share(count: int, total: int) -> int:
    """Return a count as a share of a hundred, to the nearest; halves go up.

    >>> share(5, 9), share(1, 8), share(0, 0)
    (56, 13, 0)
    """
    return (200 * count + total) // (2 * total) if total else 0


def document_of(report: Report) -> Document[Block]:
    """Return a report as a document."""
    words = Words(report.lang)
    title = words.gettext("Brechas del plan: %(plan)s", plan=report.plan)
    blocks: list[Block] = [Heading(1, (run(title),)), *_head(report, words)]
    blocks += [Heading(2, (run(words.gettext("En cifras")),)), *_figures(report, words)]
    for part in report.parts:
        blocks += _part(part, words, in_reading_order=report.sort == READING)
    if not report.shown:
        blocks.append(Paragraph("body", (run(words.gettext("Nada cumple esas condiciones.")),)))
    blocks += [Heading(2, (run(words.gettext("Cómo se leyó")),)), *_read(report, words)]
    blocks += [Heading(2, (run(words.gettext("Cómo citar")),)), *_cite(report, words)]
    return Document(report.lang, title, plain(_against(report, words)), tuple(blocks))


def _against(report: Report, words: Words) -> tuple[Run, ...]:
    """Return what the plan is compared with, and whose it is."""
    country = (run(report.country), run(". ")) if report.country.value else ()
    return (
        *country,
        run(words.gettext("Comparado con:") + " "),
        run(report.framework),
    )


def _head(report: Report, words: Words) -> Iterator[Block]:
    """Give what the report is of, and the finding in one sentence."""
    yield Paragraph("subtitle", _against(report, words))
    if report.said:
        only = words.gettext("Solo:") + " " + " · ".join(report.said)
        yield Paragraph("subtitle", (run(only),))
    yield Paragraph(
        "lede",
        (
            run(
                words.gettext(
                    "De %(total)s temas, %(gaps)s (%(share)s %%) no tienen elemento del plan, "
                    "lo tienen y aun así les falta algo, o son indeterminados.",
                    total=report.applicable,
                    gaps=report.gaps,
                    share=share(report.gaps, report.applicable),
                )
            ),
        ),
    )


def _figures(report: Report, words: Words) -> Iterator[Block]:
    """Give the main figures, each with its denominator, and the bar."""
    lines = [
        words.gettext(
            "%(word)s: %(count)s de %(total)s temas (%(share)s %%)",
            word=each.word,
            count=each.count,
            total=total,
            share=share(each.count, total),
        )
        for each in report.counts
        # Shares are of what applies, as in the stored queries; what does not is of the whole.
        for total in [report.topics if each.status == NOT_APPLICABLE else report.applicable]
    ]
    if report.counts:
        yield Figure(
            bar(report.counts),
            words.gettext("Barra de los temas por estado.") + " " + "; ".join(lines) + ".",
            words.gettext("Los temas por estado: los números son temas."),
        )
    lines.append(
        words.gettext(
            "directrices sin evaluar, que no son brechas: %(count)s de %(total)s",
            count=report.unassessed,
            total=report.directives,
        )
    )
    if report.topics != report.whole:
        lines.append(
            words.gettext(
                "temas de los que trata este informe: %(count)s de los %(total)s del cuadro",
                count=report.topics,
                total=report.whole,
            )
        )
    lines.append(
        words.gettext(
            "temas que se muestran abajo: %(count)s de %(total)s",
            count=report.shown,
            total=report.topics,
        )
    )
    if report.loose:
        lines.append(
            words.gettext(
                "omisiones que no se refieren a ningún tema destacado: %(count)s (directrices "
                "%(which)s)",
                count=len(report.loose),
                which=", ".join(dict.fromkeys(report.loose)),
            )
        )
    yield Items(tuple((run(line),) for line in lines))


def _part(part: Part, words: Words, *, in_reading_order: bool) -> Iterator[Block]:
    """Give a section, or all in reading order, with the cards of its topics."""
    count = words.gettext("%(shown)s de %(total)s temas", shown=part.shown, total=part.topics)
    label = part.label
    if in_reading_order:
        label = Text(words.gettext("Temas, en orden de lectura"), words.lang)
    elif not label.value:
        label = Text(words.gettext("Temas"), words.lang)
    yield Heading(2, (run(label), run(f" ({count})")))
    if in_reading_order:
        yield Paragraph(
            "note",
            (
                run(
                    words.gettext(
                        "Primero lo que no tiene elemento, lo que nada atenúa y lo que piden más "
                        "directrices. Es un orden para leer, no una medida de gravedad."
                    )
                ),
            ),
        )
    for directive in part.directives:
        yield from _directive(directive, words)


def _directive(directive: Directive, words: Words) -> Iterator[Block]:
    """Give a directive: what it asks for, and its topics."""
    name = words.gettext("Directriz %(number)s", number=directive.identifier)
    yield Heading(3, (run(name),))
    asked = words.gettext("Lo que se pide:") + " "
    yield Paragraph("asked", (run(asked), run(directive.text)))
    yield from _ours(directive.translation, words)
    for card in directive.cards:
        yield from _card(card, words)


def _card(card: Card, words: Words) -> Iterator[Block]:
    """Give a topic: its status, the sentences that decide it, and what eases what is missing."""
    yield Heading(4, (run(card.label),))
    status = words.gettext("Estado:") + " " + card.status
    yield Paragraph("status", (run(f"{status} ({card.reason})" if card.reason else status),))
    if card.cell.value:
        in_cell = words.gettext("En el cuadro:") + " "
        yield Paragraph("body", (run(in_cell), run(card.cell)))
    for sentence in card.sentences:
        yield Paragraph("said", _quoted(sentence))
        yield from _ours(sentence.translation, words)
    if card.gap and not card.sentences and card.unread:
        unread = words.gettext("Nadie ha leído lo que dice su observación:") + " "
        for text in card.unread:
            yield Paragraph("said", (run(unread), run("«"), run(text), run("»")))
    elif card.gap and not card.sentences:
        why = words.gettext("Ninguna observación explica por qué.")
        yield Paragraph("note", (run(why),))
    for sentence in card.easing:
        eased = words.gettext("Lo atenúa:") + " "
        yield Paragraph("said", (run(eased), *_quoted(sentence)))
        yield from _ours(sentence.translation, words)
    lines = card.row["sourceLines"]
    source = words.gettext("Fuente:") + " " + card.row["file"]
    if lines:
        source += ", " + words.ngettext("línea", "líneas", len(lines.split(","))) + " " + lines
    yield Paragraph("note", (run(source + ". "), run(card.row["topic"], "code")))


def _ours(translation: Text, words: Words) -> Iterator[Block]:
    """Give our translation of what stands above it, marked as ours; nothing where there is none."""
    if translation.value:
        whose = " " + words.gettext("(traducción no oficial de gapgraph)")
        yield Paragraph("ours", (run(translation), run(whose)))


def _quoted(sentence: Sentence) -> tuple[Run, ...]:
    """Return a sentence in quotation marks, the clause that decides marked."""
    return (
        run("«"),
        *(
            Run(text, "mark" if marked else "plain", sentence.lang)
            for text, marked in sentence.pieces
        ),
        run("»"),
    )


def _read(report: Report, words: Words) -> Iterator[Block]:
    """Give how the statuses came about, and how much of the text was read."""
    yield Paragraph(
        "body", (run(words.gettext("El estado es nuestra lectura de la observación.")),)
    )
    yield Paragraph(
        "body",
        (
            run(
                words.gettext(
                    "Es una lectura de documentos, no de la práctica: dice lo que el cuadro "
                    "observa del plan, no lo que el Estado hace."
                )
            ),
        ),
    )
    account = report.account
    if account is None:
        return
    if not account.number("statements"):
        said = words.gettext(
            "Del cuadro no se tomaron observaciones: de un tema con elemento no se sabe más que lo "
            "que dice su casilla."
        )
    else:
        said = words.gettext(
            "De %(all)s enunciados, %(rule)s los leyó una regla y en %(review)s decidió una "
            "revisión.",
            all=account["statements"],
            rule=account["statementsByRule"],
            review=account["statementsByReview"],
        )
        unread = account.number("statementsUnread")
        if unread:
            said += " " + words.ngettext(
                "%(num)s enunciado está sin leer", "%(num)s enunciados están sin leer", unread
            )
            said += (
                " ("
                + words.gettext("%(share)s %% de su texto", share=account["unreadShare"])
                + "): "
            )
            said += words.gettext(
                "no cuentan a favor ni en contra de nada, y los temas de sus filas no constan como "
                "abordados."
            )
        else:
            said += " " + words.gettext("Ninguno está sin leer.")
    yield Paragraph("body", (run(said),))


def _cite(report: Report, words: Words) -> Iterator[Block]:
    """Give how to cite, with the version of the data, and the licence."""
    yield Paragraph(
        "body",
        (
            run("gapgraph. "),
            run(report.framework),
            run(" × "),
            run(report.plan),
            run(". " + words.gettext("Conjunto de datos, versión") + " "),
            run(report.version, "code"),
            run(f", gapgraph {__version__}. "),
            run(report.analysis, "code"),
            run(". CC BY 4.0."),
        ),
    )
    yield Paragraph(
        "note",
        (
            run(
                words.gettext("La versión nombra el contenido: los mismos datos, la misma versión.")
            ),
        ),
    )
    yield Paragraph(
        "note",
        (
            run(
                words.gettext(
                    "Los textos del cuadro pertenecen a quien lo publicó; los datos derivados son "
                    "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)."
                )
            ),
        ),
    )
