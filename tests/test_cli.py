"""The command line: what goes to stdout and stderr, exit codes, one line for an error."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import oracle
from gapgraph import __version__
from gapgraph import cli as command_line
from gapgraph.settings import Home
from serving import ROOT, environment, gapgraph

COMMANDS = [
    ["build"],
    ["diff"],
    ["query"],
    ["report"],
    ["review"],
    ["review", "queue"],
    ["review", "agreement"],
    ["serve"],
    ["export"],
    ["export", "table"],
    ["export", "sssom"],
    ["export", "workbook"],
]


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=lambda each: " ".join(each) or "gapgraph")
def test_help(command: list[str], tmp_path: Path) -> None:
    run = gapgraph(*command, "--help", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("Usage: gapgraph")


def test_help_and_mistakes_are_in_the_readers_language(tmp_path: Path) -> None:
    help_text = gapgraph("validate", "-h", cwd=tmp_path, LC_ALL="es_PE.UTF-8")
    assert (help_text.returncode, help_text.stderr) == (0, "")
    assert help_text.stdout.startswith("Uso: gapgraph validate")
    assert "Opciones:" in help_text.stdout
    assert "Formato del informe.  [por omisión: text]" in help_text.stdout
    assert not re.search(r"\b(the|of|this)\b", help_text.stdout)
    wrong = gapgraph("validat", cwd=tmp_path, LC_ALL="en_GB.UTF-8", LANGUAGE="pt:es")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("gapgraph: Não há nenhum comando 'validat'.")


def test_errors_and_problems_are_in_the_readers_language(tmp_path: Path) -> None:
    spanish = {"LC_ALL": "es_PE.UTF-8"}
    missing = gapgraph("intake", "matriz.csv", "--to", "x", "--check", cwd=tmp_path, **spanish)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert (
        missing.stderr == "gapgraph: Valor no válido de 'FILE|DIR': Ruta 'matriz.csv' no existe.\n"
    )
    (tmp_path / "matriz.csv").write_text(
        "N.º,Directriz,Plan\n1,Proteger a las víctimas,Eje 1\n1,Prevenir,#REF!\n", encoding="utf-8"
    )
    faults = gapgraph("intake", "matriz.csv", "--check", cwd=tmp_path, **spanish)
    assert faults.stderr == (
        "gapgraph: un archivo no admite --check: quite lo uno o lo otro; no se nombra carpeta para "
        "el análisis: añada --to DIR\n"
    )
    taken = gapgraph("intake", "matriz.csv", "--to", "x", cwd=tmp_path, **spanish)
    assert taken.returncode == 1
    assert "directive (supuesto: por su encabezado)" in taken.stdout
    assert (
        "línea 3, columna 2: 'Prevenir': la directriz 1 tiene otro texto en línea 2" in taken.stdout
    )
    assert "'#REF!': la celda tiene un error de la hoja de cálculo: corrija" in taken.stdout
    assert not re.search(r"\b(the|of|this|is)\b", taken.stdout + taken.stderr)
    assert "problemas antes de construirlo\n" in taken.stderr
    # What is written for programs, and for whoever reads the folder next, does not depend on it.
    assert "another text at" in (tmp_path / "x" / "problems.tsv").read_text(encoding="utf-8")
    built = gapgraph("build", "--analysis", "no.csv", cwd=tmp_path, LC_ALL="pt_BR.UTF-8")
    assert built.stderr.startswith("gapgraph: no.csv: ")
    assert " não " in built.stderr


def test_each_place_that_says_the_version_says_the_same() -> None:
    told = {
        file: re.findall(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        for file, pattern in {
            "pyproject.toml": r'^version = "(.*)"$',
            "CITATION.cff": r"^version: (.*)$",
            "ontology/gapgraph.ttl": r'owl:versionInfo "(.*)"',
            "ontology/shapes/prefixes.ttl": r'owl:versionInfo "(.*)"',
        }.items()
    }
    assert told == {file: [__version__] for file in told}
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == __version__


def test_version(tmp_path: Path) -> None:
    run = gapgraph("--version", cwd=tmp_path)
    assert run.stdout == f"gapgraph {__version__}\n"


@pytest.mark.whole
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["bild"], 2, "No such command 'bild'"),
        (["build", "--colour"], 2, "--colour"),
        (["build", "--analysis", "nowhere"], 2, "nowhere"),
        (["query", "topics-without-category", "-p", "number"], 2, "name=value"),
        (["query", "topics-without-category", "-p", "colour=red"], 2, "colour"),
        (["query", "topics-with-category"], 2, "topics-without-category"),
        (["query", "topics-with-category", "--describe"], 2, "topics-without-category"),
        (["query", "list-themes", "--excel", "--format", "json"], 2, "--excel is for CSV"),
        (["query", "list-themes", "--excel"], 2, "--excel is for CSV"),
        (["query", "--list", "--format", "xlsx"], 2, "use table, tsv or json"),
        (["query", "topics-without-category", "--output", "nowhere"], 3, "gapgraph build"),
        (["export", "table", "nowhere.ttl"], 2, "nowhere.ttl"),
        (["serve", "--port", "99999"], 2, "99999"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else None,
)
def test_misuse_is_one_line(arguments: list[str], code: int, words: str, tmp_path: Path) -> None:
    if arguments[0] == "query" and "--output" not in arguments:
        assert gapgraph("build", cwd=tmp_path).returncode == 0
    run = gapgraph(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (code, "")
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith("gapgraph: ")
    assert words in run.stderr


@pytest.mark.whole
def test_query_of_ones_own(tmp_path: Path) -> None:
    assert gapgraph("build", cwd=tmp_path).returncode == 0
    prefix = "PREFIX gg: <https://w3id.org/gapgraph/ontology#> "
    counted = gapgraph(
        "sparql",
        prefix + "SELECT (COUNT(?t) AS ?n) { ?t a gg:Topic }",
        "--format",
        "csv",
        cwd=tmp_path,
    )
    assert (counted.returncode, counted.stdout) == (0, "n\n111\n")
    built = gapgraph("sparql", prefix + "CONSTRUCT WHERE { ?p a gg:Plan }", cwd=tmp_path)
    assert built.stdout.endswith("plan:pnat-2017-2021 a gg:Plan .\n")
    broken = gapgraph("sparql", "SELEC", cwd=tmp_path)
    assert (broken.returncode, broken.stdout, broken.stderr.count("\n")) == (2, "", 1)


@pytest.mark.whole
def test_options_of_an_answer(tmp_path: Path) -> None:
    assert gapgraph("build", cwd=tmp_path).returncode == 0
    run = gapgraph(
        "query",
        "topics-without-category",
        "-p",
        "number=7",
        "--sort",
        "-topicLabel",
        "--limit",
        "1",
        "--offset",
        "1",
        "--format",
        "json",
        cwd=tmp_path,
    )
    (only,) = json.loads(run.stdout)["rows"]
    wanted = {
        label.rstrip(": ")
        for directive in oracle.read(ROOT / "data" / "source" / "annex.txt")
        for label, values in directive.topics
        if directive.number == 7 and list(values) == ["No hay"]
    }
    assert len(wanted) > 1
    assert only["topicLabel"] in wanted
    assert only["topicLabel"] != max(wanted)


@pytest.mark.whole
def test_unknown_setting(tmp_path: Path) -> None:
    run = gapgraph("build", cwd=tmp_path, GAPGRAPH_COLOUR="red")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "GAPGRAPH_COLOUR" in run.stderr


@pytest.mark.whole
def test_build_of_an_unreadable_table_leaves_the_graph(tmp_path: Path) -> None:
    for name in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    before = (tmp_path / "data" / "annex.ttl").read_bytes()
    source = tmp_path / "data" / "source" / "annex.txt"
    source.write_bytes(source.read_bytes()[:20_000])
    run = gapgraph("build", cwd=tmp_path, GAPGRAPH_HOME=str(tmp_path))
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "annex.txt:" in run.stderr
    assert (tmp_path / "data" / "annex.ttl").read_bytes() == before
    assert not (tmp_path / "build").exists()


@pytest.mark.whole
@pytest.mark.parametrize(
    ("command", "start"),
    [
        ("export table", "DIRECTRICES GENERALES (1-17)"),
        ("query --list", "analyses\t"),
        ("query --list --format json", '{\n "queries"'),
        ("query searchable-texts --format csv", "node,kind,text"),
    ],
)
def test_reading_stops_early(command: str, start: str, tmp_path: Path) -> None:
    """A reader that closes the pipe, as ``head`` does, is no error."""
    if "searchable" in command:
        assert gapgraph("build", cwd=tmp_path).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "gapgraph", *command.split()],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        assert run.stdout
        assert run.stderr
        assert run.stdout.read(len(start)).decode() == start
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(60) == 0


@pytest.mark.whole
def test_the_list_and_what_a_query_says_of_itself(tmp_path: Path) -> None:
    listed = gapgraph("query", "--list", "--lang", "en", cwd=tmp_path).stdout.splitlines()
    names = [line.split("\t")[0] for line in listed]
    assert names == sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))
    assert "categories-used-once\tCategories used once" in listed
    data = json.loads(gapgraph("query", "--list", "--format", "json", cwd=tmp_path).stdout)
    assert [each["id"] for each in data["queries"]] == names
    told = gapgraph("query", "directive-detail", "--describe", "--lang", "en", cwd=tmp_path)
    for words in (
        "Directive {number}, whole", "-p number=…", "if left out: 7", "an identifier as printed",
        "Identifier of the directive.", "kindLabel", "Formats: table, srj, csv",
    ):  # fmt: skip
        assert words in told.stdout, words


@pytest.mark.whole
def test_the_answer_says_what_was_asked(tmp_path: Path) -> None:
    assert gapgraph("build", cwd=tmp_path).returncode == 0
    asked = gapgraph("query", "recurring-gaps", "-p", "statusName=partial", cwd=tmp_path).stdout
    assert asked.startswith("Conceptos en estado parcial en más de una directriz\n")
    topic = "https://w3id.org/gapgraph/id/analysis/oas-pnat/topic/3.1"
    evidence = gapgraph(
        "query", "evidence-for-topic", "-p", f"topic={topic}", "--format", "md", cwd=tmp_path
    )
    assert evidence.stdout.startswith("**Evidencia del estado del tema Tipificar el delito**\n\n|")
    beyond = gapgraph("query", "list-themes", "--offset", "40", "--limit", "5", cwd=tmp_path)
    assert beyond.stdout.endswith("ninguna de 7 filas\n")


@pytest.mark.whole
def test_quiet_where_no_terminal(tmp_path: Path) -> None:
    run = gapgraph("build", cwd=tmp_path)
    assert run.stdout == ""
    assert "\x1b" not in run.stderr
    assert "build/manifest.json" in run.stderr
    assert json.loads((tmp_path / "build" / "manifest.json").read_text())["analyses"]


@pytest.mark.whole
def test_a_build_with_a_violation_leaves_the_one_before(home_copy: Home, tmp_path: Path) -> None:
    home = {"GAPGRAPH_HOME": str(home_copy.root)}
    assert gapgraph("build", cwd=tmp_path, **home).returncode == 0
    before = {each.name: each.read_bytes() for each in (tmp_path / "build").glob("*.*")}
    context = home_copy.data / "context.ttl"
    context.write_text(
        context.read_text(encoding="utf-8") + '<urn:x> a gg:Institucion ; gg:letra "a" .\n',
        encoding="utf-8",
    )

    run = gapgraph("build", cwd=tmp_path, **home)

    assert (run.returncode, run.stdout) == (1, "")
    assert "Traceback" not in run.stderr
    assert "[declared-term]" in run.stderr
    assert "Perhaps gg:Institution is meant." in run.stderr
    assert "Perhaps gg:letter is meant." in run.stderr
    last = run.stderr.rstrip().splitlines()[-1]
    # A class and a property that the ontology does not have.
    assert last.startswith("2 violations, ")
    assert {each.name: each.read_bytes() for each in (tmp_path / "build").glob("*.*")} == before
    assert gapgraph("query", "coverage-by-section", cwd=tmp_path, **home).returncode == 0


#: A graph with a finding whose words are beyond ASCII.
FAULTY = '<urn:x:niñas> <https://w3id.org/gapgraph/ontology#number> "uno … ñ" .'
#: Commands that write data, each with some that is beyond ASCII.
DATA = [
    ["validate", "table.ttl"],
    ["validate", "--format", "csv", "table.ttl"],
    ["export", "table"],
    ["export", "sssom"],
    ["query", "--list"],
    ["query", "topics-without-category", "--describe"],
]


def raw(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "gapgraph", *arguments],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        check=False,
        timeout=300,
    )


@pytest.mark.whole
@pytest.mark.parametrize("arguments", DATA, ids=lambda each: " ".join(each[:2]))
def test_data_are_utf_8_whatever_the_console(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "table.ttl").write_text(FAULTY, encoding="utf-8")
    expected = raw(*arguments, cwd=tmp_path, PYTHONIOENCODING="utf-8")
    assert any(byte > 127 for byte in expected.stdout)
    expected.stdout.decode("utf-8")
    for console in ("cp437", "ascii:strict"):
        run = raw(*arguments, cwd=tmp_path, PYTHONIOENCODING=console)
        assert (run.returncode, run.stdout) == (expected.returncode, expected.stdout), console


@pytest.mark.whole
@pytest.mark.parametrize("closed", ["/dev/full", "&-"])
@pytest.mark.parametrize("arguments", DATA[2:5], ids=lambda each: each[-1])
def test_output_that_cannot_be_written_leaves_with_3(
    arguments: list[str], closed: str, tmp_path: Path
) -> None:
    run = subprocess.run(
        ["/bin/sh", "-c", f'"$@" >{closed}', "sh", sys.executable, "-m", "gapgraph", *arguments],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=300,
    )
    assert (run.returncode, run.stderr.count("\n")) == (3, 1), run.stderr
    assert run.stderr.startswith("gapgraph: ")


@pytest.mark.parametrize(
    "error", [ValueError("a\nb"), KeyError("x"), RecursionError("deep"), MemoryError()]
)
def test_the_unforeseen_is_one_line_and_leaves_with_3(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise error

    # What is sent to nowhere then is the test's own standard output.
    monkeypatch.setattr(command_line, "_discard_output", lambda: None)
    # The command hides its module, whose name it has.
    monkeypatch.setattr(sys.modules["gapgraph.cli.export"], "export_table", fail)
    with pytest.raises(SystemExit) as left:
        command_line.main(["export", "table"])

    said = capfd.readouterr()
    assert (left.value.code, said.out, said.err.count("\n")) == (3, "", 1)
    assert type(error).__name__ in said.err


@pytest.mark.whole
@pytest.mark.parametrize(
    "arguments", [["big.ttl"], ["big.nt", "big.ttl"], ["--format", "json", "big.nt"]]
)
def test_judging_is_given_up_at_its_deadline(arguments: list[str], tmp_path: Path) -> None:
    text = "".join(
        f"<urn:s{n}> <https://w3id.org/gapgraph/ontology#x{n}> 1 .\n" for n in range(4_000)
    )
    (tmp_path / "big.ttl").write_text(text.replace("1 .", "2 ."))
    (tmp_path / "big.nt").write_text(text.replace("1 .", '"1" .'))

    run = gapgraph("validate", "--timeout", "0.5", *arguments, cwd=tmp_path)

    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1)
    assert "0.5 seconds" in run.stderr
