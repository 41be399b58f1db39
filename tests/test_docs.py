"""What the docs tell people to type works: the tutorial to the letter, every command and address.

The README's first commands are run by ``test_readme``, those of ``docs/questions.md`` by
``test_questions``.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import openpyxl
import pytest
from flask.testing import FlaskClient

import gapgraph
from conftest import ROOT, Built
from gapgraph.cli import cli, main
from gapgraph.grid.model import GridLimits
from gapgraph.reading.packs import find_pack
from gapgraph.reading.rows import read_rules
from gapgraph.settings import SETTINGS, Home, Settings
from gapgraph.web import create_app, policy
from gapgraph.web.service import ServiceConfig
from required import needs
from serving import environment, serving
from test_readme import PAGES, assert_shown, on_path
from test_your_table import written

DOCS = ROOT / "docs"
#: The pages for people, with lines that go on joined; what changed once is history.
TEXTS = {
    page.relative_to(ROOT).as_posix(): re.sub(r"\\\n\s*", "", page.read_text(encoding="utf-8"))
    for page in PAGES
    if page.name != "CHANGELOG.md"
}
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
TUTORIALS = ("docs/tutorial.es.md", "docs/tutorial.md")
#: Commands that other tests run, or that do not end.
ELSEWHERE = {
    *("build", "serve", "mcp", "validate", "diff", "agreement", "apply", "load", "site"),
    *("--engine", "most-topics"),
}
#: Words in capitals that stand for themselves.
STATES = {"BOL", "PER"}
#: Options of other programs that the pages name.
OF_OTHERS = {
    *("--part", "--count", "--times"),
    "--prefix",
}


def inline(text: str) -> list[str]:
    """Return what a page shows as code within its sentences."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", FENCED.sub("", text))]


def typed(text: str) -> list[list[str]]:
    """Return the commands of ours that a page tells to type, each as a shell takes it apart."""
    lines = [
        line.removeprefix("$ ") for block in FENCED.findall(text) for line in block.split("\n")
    ]
    lines += [line[4:] for line in FENCED.sub("", text).splitlines() if line.startswith("    ")]
    found = []
    for line in [*lines, *inline(text)]:
        if line.startswith("gapgraph "):
            # What is ours ends where the shell's own signs begin.
            words = shlex.split(re.split(r" [|>] ", line)[0], comments=True)
            found.append(words[1:])
    return found


TYPED = {name: typed(text) for name, text in TEXTS.items() if name != "docs/commands.md"}
SHOWN = {tuple(words): name for name, commands in TYPED.items() for words in commands}


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that words name, and the words that are left."""
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    return command, words


def options(command: click.Command) -> Iterator[str]:
    """Yield every option of a command, and of those within it."""
    yield from ("--help", "--version")
    for parameter in command.params:
        yield from parameter.opts
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from options(each)


def test_the_commands_of_all_pages_are_found() -> None:
    assert len(SHOWN) > 50
    assert {"docs/deploy.md", "docs/tutorial.md", "README.md"} <= set(SHOWN.values())


@pytest.mark.every
@pytest.mark.parametrize("page", [name for name, commands in TYPED.items() if commands])
def test_every_command_takes_what_a_page_gives_it(page: str) -> None:
    for words in TYPED[page]:
        command, left = command_of(words)
        context = click.Context(command)
        try:
            values, _, _ = command.make_parser(context).parse_args(list(left))
        except click.NoSuchOption as error:
            raise AssertionError(f"{page}: {words}: {error.format_message()}") from error
        except click.UsageError:
            # Said without its value, as `gapgraph mcp --http` is in a sentence.
            assert left, words
            continue
        for parameter in command.params:
            if isinstance(parameter.type, click.Choice) and values.get(parameter.name or ""):
                given = values[parameter.name or ""]
                for each in given if isinstance(given, list) else [given]:
                    assert set(each.split("|")) <= set(parameter.type.choices), words


def test_every_option_that_is_named_exists() -> None:
    known = {*options(cli), *OF_OTHERS}
    wrong = [
        f"{name}: {option}"
        for name, text in TEXTS.items()
        for code in inline(text)
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code)
        if option not in known
    ]
    assert wrong == []


def runnable(words: tuple[str, ...]) -> bool:
    """Tell whether a command can be run as it stands: quick, and no word stands for another."""
    placeholder = any(
        re.search("[|…]", word) or (word.split(".")[0].isupper() and word not in STATES)
        for word in " ".join(words).replace("/", " ").split()
    )
    return not (placeholder or ELSEWHERE & set(words[:3]))


@pytest.fixture
def desk(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a person who has a build, and the table of the page on own tables."""
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GAPGRAPH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GAPGRAPH_HOME", str(built.home.root))
    monkeypatch.setenv("GAPGRAPH_OUTPUT", str(built.output))
    return tmp_path


def test_what_can_be_run_runs(desk: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    told = {}
    for words, page in SHOWN.items():
        if page in {"docs/questions.md", *TUTORIALS} or not runnable(words):
            continue
        with pytest.raises(SystemExit) as left:
            main(list(words))
        said, errors = capfdbinary.readouterr()
        # The table of the page on own tables leaves things to decide: that is its point.
        asks = b"problem is to be mended" in errors and "matriz.xlsx" in words
        assert left.value.code in ({1} if asks else {0, None}), (words, errors)
        told[words] = said
    assert len(told) > 12
    assert (desk / "informe.docx").stat().st_size > 10_000


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the tutorial leads to."""
    folder = tmp_path_factory.mktemp("tutorial")
    (folder / "docs").mkdir()
    shutil.copy(DOCS / "matriz.xlsx", folder / "docs")
    (folder / "taller").mkdir()
    shutil.copy(folder / "docs" / "matriz.xlsx", folder / "taller")
    environment = on_path(folder)
    for block in blocks(TUTORIALS[0]):
        assert_shown(block, folder / "taller", environment)
    return folder / "taller"


def blocks(page: str) -> list[str]:
    """Return what a tutorial shows on the terminal."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"<!-- tutorial -->\n```console\n(.*?)```", text, re.DOTALL)


def test_both_tutorials_show_the_same_on_the_terminal() -> None:
    assert len(blocks(TUTORIALS[0])) == 5
    assert blocks(TUTORIALS[0]) == blocks(TUTORIALS[1])


def test_the_tutorial_shows_the_table_that_it_gives() -> None:
    sheet = openpyxl.load_workbook(DOCS / "matriz.xlsx").worksheets[0]
    held = [
        [str(cell or "") for cell in row] for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
    for page in TUTORIALS:
        lines = TEXTS[page][TEXTS[page].index("| Área |") :].split("\n\n")[0].splitlines()
        shown = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        assert [shown[0], *shown[2:]] == held, page


@pytest.mark.whole
@pytest.mark.parametrize("page", TUTORIALS)
def test_the_tutorial_leads_to_pages_that_say_what_it_says(taught: Path, page: str) -> None:
    client = create_app(
        ServiceConfig(Home(ROOT, checkout=True), Settings(), taught / "build")
    ).test_client()
    rows = re.findall(r"\| <http://127\.0\.0\.1:8000(/\S*)> \| (.*) \|", TEXTS[page])
    assert len(rows) == 5
    for address, told in rows:
        answer = client.get(
            address, headers={"Accept": "text/html", "Accept-Language": "es"}, follow_redirects=True
        )
        said = " ".join(re.sub(r"<[^>]+>", "", answer.text).split())
        (quoted,) = re.findall("«(.*)»", told)
        assert quoted in said, address
    assert (taught / "informe.docx").stat().st_size > 10_000
    book = openpyxl.load_workbook(taught / "brechas.xlsx")
    assert sum(1 for row in book.worksheets[0].iter_rows() if row[2].value in {1, 2, 3}) == 3


@pytest.fixture(scope="module")
def client(built: Built) -> Iterator[FlaskClient]:
    app = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield app.test_client()
    app.extensions["gapgraph"].pool.close()


def addresses(text: str) -> Iterator[str]:
    """Yield the paths of the service that a page names."""
    for code in inline(text):
        if re.fullmatch(r"/(?:[a-z.]\S*)?", code) and not re.search(
            r"[{…*]|\.\.|/\{|^/(?:path|srv|tmp|a/b)|NAME", code
        ):
            yield code
    yield from re.findall(r"http://127\.0\.0\.1:8000(/[^\s`>)'\";]*)", text)


def test_every_address_that_is_named_answers(client: FlaskClient) -> None:
    asked = {
        path: name
        for name, text in TEXTS.items()
        if name not in {*TUTORIALS, "docs/add-a-page.md"} and not name.startswith("bench/")
        for path in addresses(text)
    }
    wrong = []
    for path, name in asked.items():
        status = client.get(path, follow_redirects=True).status_code
        if status >= 400:
            wrong.append(f"{name}: {path}: {status}")
    assert not wrong, "\n".join(wrong)
    assert len(asked) > 20


#: How a block of code is run, by its language.
RUNNERS = {
    "sh": ("/bin/sh", "-c"),
    "python": (sys.executable, "-c"),
    "js": ("node", "--input-type=module", "-e"),
    "r": ("Rscript", "-e"),
}


@pytest.mark.whole
@needs(bool(shutil.which("node") and shutil.which("Rscript")), "node, or R")
def test_asking_from_outside_gives_what_is_shown(built: Built, tmp_path: Path) -> None:
    """``docs/ask.md``, in each language, against a service."""
    (tmp_path / "build").symlink_to(built.output)
    shown = re.findall(
        r"```(sh|python|js|r)\n(.*?)```\n<!-- prints -->\n```\n(.*?)```",
        TEXTS["docs/ask.md"],
        re.DOTALL,
    )
    assert {language for language, *_ in shown} == set(RUNNERS)
    assert TEXTS["docs/ask.md"].count("<!-- prints -->") == len(shown) > 5
    with serving(tmp_path, "--workers", "1") as server:
        for language, code, prints in shown:
            run = subprocess.run(
                [*RUNNERS[language], code.replace("http://127.0.0.1:8000/", server.url)],
                cwd=tmp_path,
                env=environment(),
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert run.stdout.replace(server.url, "http://127.0.0.1:8000/") == prints, run.stderr


def test_the_query_that_is_added_answers_as_shown(built: Built, tmp_path: Path) -> None:
    page = TEXTS["docs/add-a-query.md"]
    (query,) = re.findall(r"<!-- queries/most-topics.rq -->\n```sparql\n(.*?)```", page, re.DOTALL)
    (shown,) = re.findall(r"--format csv\n(.*?)```", page, re.DOTALL)
    for folder in ("ontology", "data"):
        (tmp_path / folder).symlink_to(built.home.root / folder)
    shutil.copytree(built.home.queries, tmp_path / "queries")
    (tmp_path / "queries" / "most-topics.rq").write_text(query, encoding="utf-8")
    data = gapgraph.open(built.output, tmp_path)
    rows = data.query("most-topics")
    told = [",".join(map(str, rows[0]))] + [",".join(map(str, row.values())) for row in rows]
    assert told == shown.splitlines()


def file_of_page(page: str, name: str) -> str:
    """Return a file that a page tells to write, named in a comment before it."""
    text = (DOCS / page).read_text(encoding="utf-8")
    (found,) = re.findall(rf"<!-- {re.escape(name)} -->\n```\w*\n(.*?)```", text, re.DOTALL)
    return str(found)


def kind_of(text: str, own: Path | None) -> str:
    """Return the kind that the rules for Spanish give a sentence, with an analysis's own rows."""
    pack = find_pack(ROOT / "data", "es", own)
    assert pack is not None
    return str(read_rules(ROOT / "data", pack).statements.kind_of(text)[0])


def test_the_rule_that_is_added_reads_its_sentence(tmp_path: Path) -> None:
    rows = file_of_page("add-a-rule.md", "reading/verbs.tsv")
    header, row = (line.split("\t") for line in rows.splitlines())
    theirs = (ROOT / "data" / "reading" / "es" / "verbs.tsv").read_text(encoding="utf-8")
    assert header == theirs.splitlines()[0].split("\t")
    given = dict(zip(header, row, strict=True))
    (tmp_path / "verbs.tsv").write_text(rows, encoding="utf-8")
    assert kind_of(given["example"], None) == "UnreadStatement"
    assert kind_of(given["example"], tmp_path) == "Provision"
    assert kind_of(given["counterexample"], tmp_path) != "Provision"


def test_the_page_that_is_added_is_served(built: Built, tmp_path: Path) -> None:
    package = tmp_path / "gapgraph"
    shutil.copytree(ROOT / "src" / "gapgraph", package)
    for file in ("web/pages/institutions.py", "web/templates/pages/institutions.html"):
        text = file_of_page("add-a-page.md", f"src/gapgraph/{file}")
        (package / file).write_text(text, encoding="utf-8")
    rooms = package / "web" / "pages" / "__init__.py"
    code = rooms.read_text(encoding="utf-8")
    code = code.replace("    home,\n", "    home,\n    institutions,\n")
    rooms.write_text(code, encoding="utf-8")
    asking = f"""
from pathlib import Path
from gapgraph.settings import Home, Settings
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

config = ServiceConfig(
    Home(Path({str(built.home.root)!r}), checkout=True), Settings(), Path({str(built.output)!r})
)
client = create_app(config).test_client()
answer = client.get("/institutions?utm_source=x", headers={{"Accept": "text/html"}})
print(answer.status_code, answer.get_data(as_text=True).count("/id/institution/"))
"""
    done = subprocess.run(
        [sys.executable, "-c", asking],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    status, links = map(int, done.stdout.split() or (0, 0))
    assert (status, done.stderr) == (200, "")
    assert links >= 20


FACTS = TEXTS["docs/security.md"]


def test_the_headers_on_the_page_are_sent_with_every_answer(client: FlaskClient) -> None:
    (block,) = re.findall(r"<!-- headers -->\n```\n(.*?)```", FACTS, re.DOTALL)
    shown = dict(line.split(": ", 1) for line in block.splitlines())
    assert shown["Content-Security-Policy"] == policy.PAGE
    asked = (
        "/",
        "/gaps",
        "/queries/gaps.csv",
        "/nowhere",
        "/data/gapgraph.nq",
        "/sparql?query=ASK{",
    )
    for path in asked:
        answer = client.get(path, headers={"Accept": "*/*"})
        assert shown.items() <= dict(answer.headers).items(), path
        assert "Set-Cookie" not in answer.headers


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    default = {each.name: each.default for each in SETTINGS if isinstance(each.default, int)}
    grids = GridLimits()

    def n(number: int) -> str:
        return f"{number:,}".replace(",", " ")

    def mega(name: str) -> int:
        return default[name] // 10**6

    told = " ".join(FACTS.split())
    for sentence in (
        f"| its size | {n(grids.file_bytes)} bytes |",
        f"not believed | {n(grids.expanded_bytes)} bytes |",
        f"| {n(grids.cells)}, and {n(grids.cell_characters)} |",
        f"| depth of its elements | {grids.depth} |",
        f"| its address | {n(default['max_url_characters'])} characters",
        f"| its body | {n(default['max_body_bytes'])} bytes",
        f"| a query | {n(default['query_bytes'])} bytes |",
        f"| answers kept in memory, in each worker process | {mega('cache_bytes')} MB |",
        f"brackets nested over {default['query_depth']} deep",
        f"limited to the data's and {mega('query_memory_bytes')} MB",
        f"is ended at its deadline, {default['query_seconds']} s",
        f"{mega('query_result_bytes')} MB at most; {default['query_workers']} run at once",
        f"in each worker process, {default['query_queue']} wait",
        f"with {default['validation_seconds']} s and {mega('validation_memory_bytes') // 1000} GB; "
        f"{default['validation_workers']} are judged at once",
        f"127.0.0.1:{default['port']}",
    ):
        assert sentence in told, sentence
