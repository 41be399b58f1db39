"""Invented plans compared with the annex's own framework, for tests of many analyses.

One table is partial and in Spanish; another is whole and in English, a language that nothing
here reads; a third is the annex again, but for some planted rows.
"""

from __future__ import annotations

from pathlib import Path

from rdflib import Graph

from conftest import ROOT, SECOND, Built, copy_home, keeping, rebuilt
from gapgraph.annex.export import export_table
from gapgraph.build import build
from gapgraph.namespaces import GG, ID
from gapgraph.settings import Home
from gapgraph.store.dataset import DatasetFile

_TOML = """
[analysis]
iri = "https://w3id.org/gapgraph/id/analysis/{name}"
jurisdiction = "https://example.org/country/{name}"
language = "{language}"
rights = "Invented for the tests."

[framework]
iri = "https://w3id.org/gapgraph/id/framework/oas-work-plan-2"
label = "Plan de trabajo de la OEA contra la trata de personas"
directives = 67
language = "es"

[plan]
iri = "https://w3id.org/gapgraph/id/plan/{plan}"
label = "{label}"
categories = 2

[table]
file = "table.tsv"
category_word = "{word}"
{partial}

[values]
none = ["{none}"]
"""
#: The topics cell and the observations of some directives, in the partial table.
PARTIAL = {
    1: (
        "<p><u>Condena pública</u></p> <p>Línea 1 – Difusión</p>",
        "El plan dispone campañas de difusión en las fronteras.",
    ),
    2: (
        "<p><u>Leyes</u></p> <p>Línea 2 – Normas</p>",
        "El plan no menciona la reforma de las leyes.",
    ),
    24: ("<p><u>Respuesta rápida</u></p> <p>Sin correspondencia</p>", ""),
    35: (
        "<p><u>Legislación</u></p> <p>Línea 2 – Normas</p>",
        "Vaya usted a saber, decía la abuela.",
    ),
}
NAMES = ("meseta", "islands")
#: The topics cell and the observations of the rows that the annex's variant has otherwise.
PLANTED = {
    13: (
        "<p><u>Presupuesto</u></p> <p>No hay</p>",
        "El PNAT no menciona el presupuesto.",
    ),
    25: (
        "<p><u>Capacitación de personal de operaciones de paz</u></p> "
        "<p>Categoría 15 – Transparencia y Corrupción</p>",
        "El PNAT dispone capacitar al personal de las operaciones de paz.",
    ),
    28: (
        "<p><u>Corrupción</u></p> <p>Categoría 15 – Transparencia y Corrupción</p>",
        "El PNAT invoca la ley. Sin embargo, no menciona la corrupción.",
    ),
    30: ("<p><u>Servicio Doméstico</u></p> <p>Categoría 15 – Transparencia y Corrupción</p>", ""),
    # Not assessed: no difference.
    64: ("", ""),
}
#: The statuses that they have in the annex, and in its variant.
DIFFERENCES = {
    13: ("addressed", "none"),
    25: ("none", "addressed"),
    28: ("addressed", "partial"),
    30: ("none", "mapped"),
}
VARIANT = "variant"
#: What followed the annex's plan, as its context names it; the variant's plan has the name.
SUCCESSOR = "politica-nacional-trata-2030"


def _table(rows: dict[int, tuple[str, str]], *, whole: bool = False) -> str:
    """The annex's own table, with other cells; rows that have none left out, or as they are."""
    annex = Graph().parse(ROOT / "data" / "annex.ttl", format="turtle")
    lines = []
    for line in export_table(annex).splitlines():
        number, text, indicators, *_ = line.split("\t")
        if not number.isdecimal():
            lines.append(f"{line}\n")
        elif int(number) in rows:
            lines.append("\t".join((number, text, indicators, *rows[int(number)])) + "\n")
        elif whole:
            lines.append(f"{line}\n")
    return "".join(lines)


def write(folder: Path) -> list[Path]:
    """Write both tables, each in a folder of its own."""
    english = {
        number: (
            f"<p><u>Topic {number}</u></p> <p>"
            + ("Nothing found" if number % 5 == 0 else f"Pillar {1 + number % 2} – Care")
            + "</p>",
            f"People of the islands talk of action {number}, whoever pays for it.",
        )
        for number in range(1, 68)
    }
    for name, language, plan, label, word, none, partial, rows in (
        ("meseta", "es", "meseta-2030", "Plan de la Meseta 2030", "Línea", "Sin correspondencia",
         "partial = true", PARTIAL),
        ("islands", "en", "islands-2028", "Islands Strategy 2028", "Pillar", "Nothing found", "",
         english),
    ):  # fmt: skip
        target = folder / name
        target.mkdir(parents=True)
        toml = _TOML.format(
            name=name, language=language, plan=plan, label=label, word=word, none=none,
            partial=partial,
        )  # fmt: skip
        (target / "analysis.toml").write_text(toml, encoding="utf-8")
        (target / "table.tsv").write_text(_table(rows), encoding="utf-8")
    return [folder / name for name in NAMES]


def write_variant(folder: Path, home: Home) -> Path:
    """Write the annex's variant, in a folder of its own, and what was decided of the annex for it.

    :param home: a copy of the project's files, whose reviews of the annex are written for it too
    """
    target = folder / VARIANT
    target.mkdir(parents=True)
    toml = _TOML.format(
        name=VARIANT, language="es", plan=SUCCESSOR, label="Plan de los Andes 2031",
        word="Categoría", none="No hay", partial="",
    )  # fmt: skip
    toml = toml.replace("categories = 2", "categories = 29") + 'element = ["Marco normativo"]\n'
    (target / "analysis.toml").write_text(toml, encoding="utf-8")
    (target / "table.tsv").write_text(_table(PLANTED, whole=True), encoding="utf-8")
    file = home.data / "reading" / "topic-corrections.tsv"
    lines = file.read_text(encoding="utf-8").splitlines()
    planted = tuple(f"oas-pnat\t{number}." for number in PLANTED)
    again = [
        line.replace("oas-pnat", VARIANT, 1)
        for line in lines
        if line.startswith("oas-pnat\t") and not line.startswith(planted)
    ]
    file.write_text("\n".join([*lines, *again]) + "\n", encoding="utf-8")
    return target


def build_four(folder: Path) -> DatasetFile:
    """Build the annex, three other plans of its framework, and one of another framework."""
    home = copy_home(folder / "home")
    tables = write(folder / "tables")
    tables.append(write_variant(folder / "tables", home))
    return build(home, keeping(), output=folder / "out", analyses=[*tables, SECOND])


def widened(built: Built, folder: Path, more: int) -> Path:
    """Write a build with further plans, of which it has nothing but each directive's status."""
    content = built.dataset.read().decode()
    base = "https://w3id.org/gapgraph"
    framework = f"{ID}framework/oas-work-plan-2"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    names = ("addressed", "partial", "none", "mapped", "notAssessed", "indeterminate")
    lines = [content]
    for n in range(more):
        analysis, plan = f"{ID}analysis/estado-{n:02}", f"{ID}plan/estado-{n:02}"
        asserted = f"<{base}/graph/analysis/estado-{n:02}/asserted> .\n"
        derived = f"<{base}/graph/analysis/estado-{n:02}/derived> .\n"
        lines += [
            f"<{analysis}> <{rdf}type> <{GG}GapAnalysis> {asserted}",
            f"<{analysis}> <{GG}framework> <{framework}> {asserted}",
            f"<{analysis}> <{GG}plan> <{plan}> {asserted}",
            f'<{analysis}> <http://purl.org/dc/terms/language> "es" {asserted}',
            f'<{plan}> <http://www.w3.org/2004/02/skos/core#prefLabel> "Plan nacional {n:02}"@es '
            f"<{base}/graph/plan/estado-{n:02}> .\n",
        ]
        for number in range(1, 68):
            node = f"<{analysis}/assessment/{number}/rule>"
            lines += [
                f"{node} <{rdf}type> <{GG}DirectiveAssessment> {derived}",
                f"{node} <{GG}inAnalysis> <{analysis}> {derived}",
                f"{node} <{GG}assesses> <{framework}/directive/{number}> {derived}",
                f"{node} <{GG}coverageStatus> <{GG}{names[(n * 7 + number) % 6]}> {derived}",
            ]
    return rebuilt(built, "".join(lines), folder)
