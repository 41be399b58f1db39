"""The formats of a report: one document, several writers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gapgraph.errors import UsageError
from gapgraph.namespaces import analysis_named
from gapgraph.queries.catalogue import Catalogue
from gapgraph.report.asking import Asker
from gapgraph.report.choice import Asked
from gapgraph.report.document import document_of
from gapgraph.report.html import write_html
from gapgraph.report.markdown import write_markdown
from gapgraph.report.model import report_of
from gapgraph.store.engine import Engine
from gapgraph.told import told

__all__ = ["MEDIA", "report"]

#: The media type of each format.
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}


def report(
    store: Engine,
    catalogue: Catalogue,
    analyses: Sequence[str],
    asked: Asked,
    *,
    analysis: str = "",
    lang: str = "es",
    form: str = "docx",
    template: tuple[Path, bytes] | None = None,
) -> bytes:
    """Return a report.

    :param analyses: the IRIs of the build's analyses, in order
    :param asked: what of the analysis it is about
    :param analysis: which one, by its IRI or the last part of that; the first where none is named
    :param form: one of `MEDIA`
    :param template: the name and the bytes of a DOCX whose styles to take
    :raises NotFoundError: where there is no such analysis
    :raises UsageError: naming everything asked for that is not there; for a template of a format
        that takes none
    :raises InputError: where the template cannot be read
    """
    if template and form != "docx":
        raise UsageError(
            told("a template is for docx, not for {form}", form=form),
            todo=told("leave one of them out"),
        )
    asker = Asker(store, catalogue, analysis_named(analyses, analysis), lang)
    document = document_of(report_of(asker, asked))
    if form == "docx":
        # The library for Word's documents waits until somebody asks for one.
        from gapgraph.report.docx import write_docx  # noqa: PLC0415

        return write_docx(document, template)
    written = write_html(document) if form == "html" else write_markdown(document)
    return written.encode()
