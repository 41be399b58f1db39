"""The report as a Word document, in the styles of a template where there is one.

Of a template the styles, the page, the header and the footer stay; its body goes.  Styles have
Word's own names where there are some, so that a template's headings, quotations and lists are
ours; the others are added where the template has none of that name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.text.paragraph import Paragraph as WordParagraph

from gapgraph.errors import InputError
from gapgraph.files import dateless
from gapgraph.grid.model import GridLimits
from gapgraph.grid.packages import open_package
from gapgraph.report.blocks import Block, Document, Figure, Heading, Items, Paragraph, Run, Table
from gapgraph.told import told

__all__ = ["write_docx"]

#: Word's names of styles by what a paragraph is.
_STYLES = {
    "subtitle": "Subtitle",
    "lede": "Intense Quote",
    "body": "Normal",
    "asked": "Normal",
    "status": "gapgraph status",
    "said": "Quote",
    "ours": "gapgraph translation",
    "note": "gapgraph note",
}
_MARK, _CODE = "gapgraph mark", "gapgraph code"
_TITLE, _ITEM, _CAPTION = "Title", "List Bullet", "Caption"
#: Word's own style of a table with rules; a template may lack it.
_GRID = "Table Grid"
_GREY = RGBColor(0x5F, 0x5A, 0x51)
#: What stands in XML for nothing at all.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\ufffd")


def write_docx(
    document: Document[Block | Table], template: tuple[Path, bytes] | None = None
) -> bytes:
    """Return a document as DOCX; equal documents have equal bytes.

    :param template: the name and the bytes of a DOCX whose styles, page and headers to take
    :raises InputError: where the template cannot be read
    """
    word = _opened(template)
    styles = _styles(word)
    if document.wide:
        section = word.sections[-1]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    properties = word.core_properties
    properties.title, properties.subject = document.title, document.subject
    properties.author = properties.last_modified_by = "gapgraph"
    properties.language, properties.comments, properties.revision = document.lang, "", 1

    def add(name: str, runs: Iterable[Run]) -> None:
        """Add a paragraph of a style; python-docx would look each style up in all of them."""
        paragraph = word.add_paragraph()
        paragraph._p.style = styles[name]  # noqa: SLF001
        _fill(paragraph, runs, document.lang, styles)

    for block in document.blocks:
        match block:
            case Heading(level, runs):
                add(_TITLE if level == 1 else f"Heading {level - 1}", runs)
            case Paragraph(role, runs):
                add(_STYLES[role], runs)
            case Items(items):
                for runs in items:
                    add(_ITEM, runs)
            case Table():
                _tabulate(word, block, document.lang, styles)
            case Figure():
                _draw(word, block)
                add(_CAPTION, (Run(block.caption),))
    made = io.BytesIO()
    word.save(made)
    return dateless(made.getvalue())


def _lean(word: WordDocument) -> WordDocument:
    """Return python-docx's own empty document without what nothing here uses.

    Nine tenths of it are styles of tables, the same styles again for Word 2010, and a picture of an
    empty page.
    """
    for relations in (word.part.rels, word.part.package.rels):
        for name, relation in list(relations.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail", "/customXml")):
                del relations[name]
    for style in list(word.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in {_GRID, "Normal Table"}:
            style.delete()
    return word


def _opened(template: tuple[Path, bytes] | None) -> WordDocument:
    """Return an empty document, with what a template gives."""
    if template is None:
        return _lean(docx.Document())
    path, content = template
    open_package(path, content, GridLimits())
    try:
        word = docx.Document(io.BytesIO(content))
    except Exception as error:  # noqa: BLE001 - python-docx lets whatever it met pass through
        raise InputError(
            told(
                "is not a document that can be read ({name}: {error})",
                name=type(error).__name__,
                error=error,
            ),
            todo=told("open it in Word, and save it as .docx"),
            file=path,
        ) from None
    body = word.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    return word


def _styles(word: WordDocument) -> dict[str, str]:
    """Add the styles that the document lacks, and return the identifiers of all by name."""
    known = {style.name for style in word.styles}
    headings = (f"Heading {level}" for level in (1, 2, 3))
    for name in dict.fromkeys((_TITLE, *headings, *_STYLES.values(), _ITEM, _CAPTION)):
        if name not in known:
            style = cast(ParagraphStyle, word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
            _look(style)
    for name in (_MARK, _CODE):
        if name not in known:
            letters = cast(CharacterStyle, word.styles.add_style(name, WD_STYLE_TYPE.CHARACTER))
            letters.font.bold = letters.font.underline = name == _MARK or None
            if name == _CODE:
                letters.font.name, letters.font.size = "Consolas", Pt(8.5)
    return {str(style.name): style.style_id for style in word.styles}


def _look(style: ParagraphStyle) -> None:
    """Give a style that we add its look; one of a template keeps its own."""
    style.paragraph_format.space_after = Pt(6)
    name = str(style.name)
    if name == _STYLES["status"]:
        style.font.bold = True
        style.paragraph_format.keep_with_next = True
    elif name == _STYLES["note"]:
        style.font.size, style.font.color.rgb = Pt(9), _GREY
    elif name == _STYLES["ours"]:
        style.font.color.rgb = _GREY
        style.paragraph_format.left_indent = Pt(18)
    elif name.startswith("Heading"):
        style.font.bold = True
        style.paragraph_format.keep_with_next = True
    elif name == "Quote":
        style.paragraph_format.left_indent = Pt(18)


def _fill(
    paragraph: WordParagraph, runs: Iterable[Run], lang: str, styles: Mapping[str, str]
) -> None:
    """Put words into a paragraph, each run with its language and look."""
    for each in runs:
        run = paragraph.add_run(each.text.translate(_FORBIDDEN))
        if each.look != "plain":
            run._r.style = styles[_MARK if each.look == "mark" else _CODE]  # noqa: SLF001
        if each.lang and each.lang != lang:
            spoken = OxmlElement("w:lang")
            spoken.set(qn("w:val"), each.lang)
            run._r.get_or_add_rPr().append(spoken)  # noqa: SLF001 - python-docx has no other way


def _tabulate(word: WordDocument, table: Table, lang: str, styles: Mapping[str, str]) -> None:
    """Put a table into the document; its first row comes again on every page."""
    made = word.add_table(rows=len(table.rows) + 1, cols=len(table.heads))
    if _GRID in styles:
        made.style = word.styles[_GRID]
    for at, (row, values) in enumerate(zip(made.rows, (table.heads, *table.rows), strict=True)):
        for cell, runs in zip(row.cells, values, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph._p.style = styles[_STYLES["status" if at == 0 else "note"]]  # noqa: SLF001
            _fill(paragraph, runs, lang, styles)
        kept = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way
        for name in ("w:cantSplit", *["w:tblHeader"] * (at == 0)):
            kept.append(OxmlElement(name))


def _draw(word: WordDocument, figure: Figure) -> None:
    """Put a picture into the document, with its description."""
    section = word.sections[-1]
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    picture = word.add_picture(io.BytesIO(figure.png), width=width or None)
    about = picture._inline.docPr  # noqa: SLF001 - python-docx has no other way
    about.set("descr", figure.alt)
    about.set("title", figure.caption)
