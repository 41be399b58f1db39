"""The table for a reader who does not agree with a card, filled in as far as it can be."""

from __future__ import annotations

from flask import Blueprint, Response, request

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.namespaces import last_segment
from gapgraph.report.asking import Asker
from gapgraph.review.table import MEDIA, of_topic
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import language
from gapgraph.web.negotiate import chosen, gives, offers_from
from gapgraph.web.pages.rows import file_name, site
from gapgraph.web.pages.topics import topics
from gapgraph.web.parameters import takes
from gapgraph.web.service import service

__all__ = ["register"]


@gives(*offers_from(MEDIA))
@takes("topic", page=True)
def review(form: str) -> Response:
    """Answer the table of a topic and of what is said of it, with columns to fill.

    :raises NotFoundError: for a topic there is none of
    :raises UsageError: where no topic is named
    """
    wanted = chosen("the table to fill", form)
    asked = request.args.get("topic", "")
    if not asked:
        raise UsageError("no topic is named", todo="add ?topic=7.1")
    found = next((each.iri for each in topics() if last_segment(each.iri) == asked), None)
    if found is None:
        raise NotFoundError(
            f"there is no topic {asked[:60]!r} in this analysis", todo="take one of /gaps"
        )
    current = service()
    asker = Asker(current.store, current.catalogue, site().analysis, language())
    table = of_topic(asker, found, current.dataset.version, wanted.name)
    return public(as_file(table, MEDIA[form], file_name(f"gapgraph-review-{asked}", form)))


def register(blueprint: Blueprint) -> None:
    """Add the table."""
    blueprint.add_url_rule("/review.<form>", "review", review)
