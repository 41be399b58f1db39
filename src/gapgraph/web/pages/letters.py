"""A letter to whom the operator names, for a reader who does not agree with a card."""

from __future__ import annotations

from urllib.parse import quote

from gapgraph.web.contact import mail_of
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.cards import Shown
from gapgraph.web.service import service

__all__ = ["letter"]


def letter(shown: Shown) -> str:
    """Return the address of a letter that is written already, but for the writer's reading.

    It names the topic, its status, the sentence that decides and the version of the data; there is
    none where no address of mail is set.
    """
    current = service()
    address = mail_of(current.config.settings.text("contact"))
    if not address:
        return ""
    card = shown.card
    subject = _(
        "No estoy de acuerdo: %(topic)s (directriz %(number)s)",
        topic=card.label.value,
        number=card.directive,
    )
    lines = [
        subject,
        shown.row["topic"],
        _("Estado, según la lectura") + f": {shown.mark.word}",
        *(f"«{each.text}»" for each in card.sentences[:1]),
        _("Versión de los datos") + f": {current.dataset.version}",
        "",
        _("Mi lectura y por qué:"),
        "",
    ]
    body = "\r\n".join(lines)
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"
