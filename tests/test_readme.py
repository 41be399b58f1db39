"""The README's quick start shows what the commands print, to the letter."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from serving import environment as environment_of_commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- quick start: (\w+) -->\n```console\n(.*?)```", README, re.DOTALL)


def commands(block: str) -> list[tuple[str, str]]:
    """Return each command of a console block with the output shown under it."""
    pieces = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    assert pieces[0] == ""
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def test_both_languages_have_the_quick_start() -> None:
    assert [language for language, _ in BLOCKS] == ["es", "en"]
    assert all(len(commands(block)) >= 3 for _, block in BLOCKS)


def on_path(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a shell in which ``gapgraph`` is this checkout's.

    :param folder: a folder that gets the command
    """
    (folder / "bin").mkdir()
    command = folder / "bin" / "gapgraph"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m gapgraph "$@"\n')
    command.chmod(0o755)
    return {
        **environment_of_commands(),
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "GAPGRAPH_OUTPUT": "build",
        **more,
    }


def assert_shown(block: str, folder: Path, environment: dict[str, str]) -> None:
    """Run each command of a block, and compare what it prints with what is shown."""
    for line, shown in commands(block):
        run = subprocess.run(
            ["/bin/sh", "-c", line + " 2>&1"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert run.stdout == shown, line


@pytest.mark.parametrize(("language", "block"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_quick_start_is_true(language: str, block: str, tmp_path: Path) -> None:
    assert_shown(block, tmp_path, on_path(tmp_path))


#: The pages of people: those in the root, and the docs.
PAGES = sorted(page for folder in (".", "docs", "bench") for page in (ROOT / folder).glob("*.md"))
#: The pages that are made, which may be longer than others.
MADE = {"commands.md", "coverage.md", "glossary.md", "links.md", "python.md", "questions.md"}


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as readers of Markdown make them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_links_between_pages_lead_somewhere() -> None:
    wrong, counted = [], 0
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" in link or link.startswith("mailto:"):
                continue
            counted += 1
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                wrong.append(f"{page.name}: {link}")
    assert wrong == []
    assert counted > 40


def test_every_page_of_the_docs_is_listed_and_none_is_too_long() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name
        lines = len(page.read_text(encoding="utf-8").splitlines())
        assert lines <= 600 or page.name in MADE, (page.name, lines)
