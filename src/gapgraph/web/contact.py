"""Whom the operator names to write to: an address of mail, or of the web."""

from __future__ import annotations

__all__ = ["link_of", "mail_of"]

_MAIL = "mailto:"


def mail_of(contact: str) -> str:
    """Return the address of mail of a contact; nothing where it is an address of the web, or none.

    >>> mail_of("mailto:ana@example.org"), mail_of("https://example.org/a@b")
    ('ana@example.org', '')
    """
    return contact.removeprefix(_MAIL) if "@" in contact and "/" not in contact else ""


def link_of(contact: str) -> str:
    """Return where a link to a contact leads; nothing where there is none.

    >>> link_of("ana@example.org"), link_of("https://example.org/")
    ('mailto:ana@example.org', 'https://example.org/')
    """
    if not contact or contact.startswith(("http://", "https://")):
        return contact
    return f"{_MAIL}{contact.removeprefix(_MAIL)}"
