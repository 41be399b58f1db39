"""Walk the service, and write what it answers as a folder of files.

The application is asked as a client asks it; what a page leads to is asked next.  Answers are
written as they come, each whole, and only where they differ from what is there.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gapgraph import __version__
from gapgraph.errors import UsageError
from gapgraph.files import write_atomic
from gapgraph.site.browser import check_scripts, files_for_browsers
from gapgraph.site.pages import rewritten
from gapgraph.site.rules import NOT_FOUND, place_of
from gapgraph.site.short import leading_pages, leads
from gapgraph.texts import SOURCE
from gapgraph.web import create_app
from gapgraph.web.base import Base
from gapgraph.web.service import ServiceConfig

if TYPE_CHECKING:
    from gapgraph.web.hosts import Application

__all__ = ["MANIFEST", "Exported", "export_site"]

#: What a folder that is a site holds: the names of its files.
MANIFEST = "site.json"
#: Where the walk begins; what no page leads to is named here.
_STARTS = (
    "",
    "sitemap.xml",
    "robots.txt",
    "favicon.ico",
    ".well-known/void",
    "queries/links-to",
    NOT_FOUND,
)
#: Addresses that one process answers at a time.
_TOGETHER = 16
_SHOW_EVERY = 50


@dataclass(frozen=True)
class Exported:
    """What was written.

    :param files: how many files the site has
    :param size: their bytes
    :param written: how many differ from what was there
    :param removed: how many were there, and are no more
    """

    files: int
    size: int
    written: int
    removed: int


@dataclass(frozen=True)
class _Answer:
    """What came of an address.

    :param file: the file it was written to
    :param size: its bytes
    :param written: whether it differs from what was there
    :param found: the addresses that it leads to
    """

    file: str
    size: int
    written: bool
    found: frozenset[str]


class _Walker:
    """Asks the application, and writes what it answers.

    :param application: the application over the build
    :param folder: the folder of the site
    :param base: the address that those of the site begin with
    :param languages: the languages of the site
    """

    def __init__(
        self, application: Application, folder: Path, base: str, languages: tuple[str, ...]
    ) -> None:
        self.application, self.folder = application, folder
        self.base, self.languages = base, languages

    def take(self, address: str) -> _Answer:
        """Ask for an address within the service, and write its file.

        :raises UsageError: where a page leads to what the service does not have
        """
        place = place_of(address, self.languages)
        if place is None:
            raise UsageError(f"{address} is not in a site")
        response = self.application.test_client().get(
            f"/{place.address}",
            base_url=self.base,
            headers={"Accept": "text/html, */*;q=0.5", "Accept-Language": SOURCE},
            follow_redirects=True,
        )
        if response.status_code != (404 if place.anywhere else 200):
            raise UsageError(
                f"/{place.address} answers {response.status_code}",
                todo="open it in `gapgraph serve`, and tell the maintainers what leads there",
            )
        content, found = response.get_data(), set[str]()
        if response.mimetype in {"text/html", "image/svg+xml", "application/xml"}:
            lang = response.headers.get("Content-Language", SOURCE)
            page = rewritten(content.decode(), place, self.base, self.languages, lang)
            content, found = page.text.encode(), page.found
        written = write_atomic(self.folder / place.file, content, lasting=False)
        return _Answer(place.file, len(content), written, frozenset(found))


_walker: _Walker | None = None


def _take(addresses: list[str]) -> list[_Answer]:
    """Take addresses in a process that was forked with the walker."""
    if _walker is None:
        raise RuntimeError("no walker: these processes are forked with one")
    return [_walker.take(each) for each in addresses]


def export_site(
    config: ServiceConfig,
    folder: Path,
    languages: tuple[str, ...],
    *,
    show: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Write the site of a build.

    :param config: what to serve; its base is the address that the site will stand at
    :param folder: the folder of the site: a new or empty one, or one that holds a site
    :param languages: the languages of the site, that of the texts among them
    :param show: is told how far it is
    :raises UsageError: for a folder that holds other things, or where an address leads nowhere
    """
    check_scripts()
    before = _before(folder)
    base = config.base if config.base.endswith("/") else f"{config.base}/"
    Base.of(base)
    application = create_app(replace(config, base=base, site=languages))
    walker = _Walker(application, folder, base, languages)
    # Until all is written, the folder says that it is no whole site.
    write_atomic(folder / MANIFEST, _manifest({"complete": False, "files": sorted(before)}))
    starts = {
        place.address
        for each in _STARTS
        for lang in languages
        if (place := place_of(f"{each}?lang={lang}", languages))
        and (lang == SOURCE or place.file.endswith(".html"))
    }
    short = leads(application, base, languages)
    starts |= {each.to.address for each in short}
    answers = {each.file: each for each in _walk(walker, starts, show)}
    sizes = {name: each.size for name, each in answers.items()}
    written = sum(each.written for each in answers.values())
    further = leading_pages(short, folder, base) | files_for_browsers(application, base, languages)
    for name, content in further.items():
        written += write_atomic(folder / name, content, lasting=False)
        sizes[name] = len(content)
    gone = before - sizes.keys() - {MANIFEST}
    _remove(folder, gone)
    manifest = {
        "complete": True,
        "gapgraph": __version__,
        "dataset": application.extensions["gapgraph"].dataset.version,
        "base": base,
        "languages": list(languages),
        "files": sorted(sizes),
    }
    text = _manifest(manifest)
    os.sync()  # a power cut does not leave a manifest that says more than the disk has
    written += write_atomic(folder / MANIFEST, text)
    sizes[MANIFEST] = len(text.encode())
    return Exported(len(sizes), sum(sizes.values()), written, len(gone))


def _manifest(content: dict[str, Any]) -> str:
    """Return the text of a manifest."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _walk(walker: _Walker, starts: Iterable[str], show: Callable[[str], None]) -> Iterable[_Answer]:
    """Take the first addresses, and those they lead to, each file once."""
    global _walker  # noqa: PLW0603  (how a forked process gets what cannot be pickled)
    _walker = walker
    known = dict[str, str]()
    fresh = sorted(starts)
    done = 0
    try:
        with ProcessPoolExecutor(
            max_workers=os.cpu_count() or 1, mp_context=multiprocessing.get_context("fork")
        ) as pool:
            while fresh:
                chosen = []
                for address in fresh:
                    place = place_of(address, walker.languages)
                    if place and place.file not in known:
                        known[place.file] = address
                        chosen.append(address)
                parts = [chosen[i : i + _TOGETHER] for i in range(0, len(chosen), _TOGETHER)]
                found = set[str]()
                for answers in pool.map(_take, parts):
                    for each in answers:
                        found |= each.found
                        yield each
                        done += 1
                        if not done % _SHOW_EVERY:
                            show(f"{done} of {len(known)} files")
                fresh = sorted(found)
    finally:
        _walker = None


def _before(folder: Path) -> set[str]:
    """Return the names of the files of the site that a folder holds.

    :raises UsageError: for a folder that holds other things
    """
    if not folder.exists():
        return set()
    try:
        read: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return set(map(str, read["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    if not folder.is_dir() or any(folder.iterdir()):
        raise UsageError(
            f"{folder} holds things that are no site of gapgraph",
            todo="name a new folder, or an empty one",
        )
    return set()


def _remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of an earlier site, and the folders that are empty then."""
    root = folder.resolve()
    for name in names:
        file = (folder / name).resolve()
        # A manifest is a file that anybody can write.
        if root not in file.parents:
            continue
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == root or any(parent.iterdir()):
                break
            parent.rmdir()
