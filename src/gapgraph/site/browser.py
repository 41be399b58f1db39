"""What scripts in a reader's browser answer from, beside the dump: the texts to search in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from gapgraph.errors import EnvironmentFailure
from gapgraph.namespaces import last_segment
from gapgraph.site.rules import place_of
from gapgraph.web.assets import has_asset
from gapgraph.web.pages.rows import site
from gapgraph.web.pages.search import searched

if TYPE_CHECKING:
    from gapgraph.web.hosts import Application

__all__ = ["check_scripts", "files_for_browsers"]

#: What npm installs for a site's scripts.
_NEEDED = ("oxigraph/web.js", "oxigraph/web_bg.wasm", "minisearch/minisearch.js")


def check_scripts() -> None:
    """Refuse to go on without what a site's scripts need.

    :raises EnvironmentFailure: where npm has not installed it
    """
    if missing := [each for each in _NEEDED if not has_asset(each)]:
        raise EnvironmentFailure(
            f"the scripts of a site are not installed: {', '.join(missing)}; install npm and run "
            "`make build`, or install gapgraph from its wheel"
        )


def files_for_browsers(
    application: Application, base: str, languages: tuple[str, ...]
) -> dict[str, bytes]:
    """Return the texts to search in: a file for each analysis and language.

    :param application: the application over the build
    :param base: the address that those of the site begin with
    :param languages: the languages of the site
    """
    files = {}
    analyses = application.extensions["gapgraph"].dataset.analyses
    with application.test_request_context("/", base_url=base):
        default = site().analysis
    for iri in analyses:
        for lang in languages:
            # As links to pages of the analysis name it; those of the first do not.
            named = {} if iri == default else {"analysis": last_segment(iri)}
            asked = urlencode({"lang": lang, **named})
            with application.test_request_context(f"/search?{asked}", base_url=base):
                made = searched()
            for each in made["documents"]:
                address = urljoin(base, each.pop("address"))
                whole, hash_, anchor = address.partition("#")
                place = place_of(whole.removeprefix(base), languages)
                each["file"] = (place.file if place else "index.html") + hash_ + anchor
            text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
            files[f"search/{last_segment(iri)}.{lang}.json"] = text.encode()
    return files
