"""The pages of reference that are made.

Commands, from their help; Python, from the docstrings; the glossary, from the ontology.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

import click

import gapgraph
from gapgraph import errors
from gapgraph.cli import cli
from gapgraph.namespaces import GG, RDFS, SKOS
from gapgraph.queries.api import Dataset
from gapgraph.store.embedded import EmbeddedStore

__all__ = ["commands", "glossary", "python"]

_MADE = "<!-- Made by `make docs`. To change it, change {where}. -->"
#: The schemes of the glossary, each with its title, and the classes that come first.
_CLASSES = (
    *("Framework", "Section", "Directive", "Indicator", "Topic", "Plan", "PlanElement", "Mapping"),
    *("Observation", "Statement", "Measure", "GapAnalysis", "CoverageAssessment"),
    *("DirectiveAssessment", "Instrument", "Institution", "SourceDocument"),
)
_KINDS = (
    *("Provision", "Invocation", "Omission", "Doubt", "NormativeStatement", "ContextNote"),
    "UnreadStatement",
)
_SCHEMES = (
    ("CoverageStatusScheme", "Estados · Statuses · Estados"),
    ("PartialReasonScheme", "Por qué es parcial · Why it is partial · Por que é parcial"),
    ("BasisScheme", "En qué descansa · What it rests on · Em que se baseia"),
    ("LocusScheme", "Dónde habla el plan · Where the plan speaks · Onde fala o plano"),
)


def _cell(text: str) -> str:
    """Return a text as a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _option(option: click.Parameter) -> str:
    """Return an option or an argument as it is written."""
    if isinstance(option, click.Argument):
        return f"`{option.make_metavar(click.Context(cli))}`"
    names = ", ".join(f"`{name}`" for name in option.opts)
    if isinstance(option, click.Option) and option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        return f"{names} {', '.join(f'`{each}`' for each in option.type.choices)}"
    return f"{names} {_cell(option.metavar or (option.name or '').upper())}"


def _described(path: list[str], command: click.Command) -> Iterator[str]:
    """Yield the section of a command, and those of the commands within it."""
    context = click.Context(command, info_name=" ".join(path))
    if isinstance(command, click.Group):
        if len(path) > 1:
            yield f"## `{' '.join(path)}`\n\n{_paragraphs(command.help or '')}"
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _described([*path, name], inner)
        return
    usage = " ".join([*path, *command.collect_usage_pieces(context)])
    yield f"## `{' '.join(path)}`\n\n```\n{usage}\n```\n\n{_paragraphs(command.help or '')}"
    rows = [
        f"| {_option(each)} | {_cell(getattr(each, 'help', None) or '')} |"
        for each in command.params
        if isinstance(each, click.Option)
    ]
    if rows:
        yield "\n".join(["| option | |", "|---|---|", *rows])


def _paragraphs(text: str) -> str:
    """Return a help text as Markdown: its marks for click left out."""
    return inspect.cleandoc(text.replace("\b\n", ""))


def commands() -> str:
    """Return ``commands.md``."""
    parts = [
        _MADE.format(where="the commands' help in src/gapgraph/cli/"),
        "# The commands",
        "What `gapgraph COMMAND --help` says, here in English; at a console it and the messages "
        "speak English, Spanish or Portuguese, as the environment asks (`LC_ALL`, `LC_MESSAGES`, "
        "`LANG`, `LANGUAGE`). Results go to standard output, messages to standard error. Exit "
        "codes: 0 fine; 1 violations or problems found; 2 misuse or unreadable input; 3 the "
        "environment (port, disk, engine) and anything unforeseen.",
        *_described(["gapgraph"], cli),
    ]
    return "\n\n".join(parts) + "\n"


def _signature(name: str, called: Callable[..., object]) -> str:
    """Return how a function is called, one parameter a line where there are several."""
    given, kinds = list[str](), inspect.Parameter
    named = False
    for each in inspect.signature(called).parameters.values():
        if each.name == "self":
            continue
        if each.kind is kinds.KEYWORD_ONLY and not named:
            given.append("*")
            named = True
        default = "" if each.default is kinds.empty else f" = {each.default!r}"
        star = "**" if each.kind is kinds.VAR_KEYWORD else ""
        given.append(f"{star}{each.name}: {each.annotation}{default}")
        if each.kind is kinds.POSITIONAL_ONLY:
            given.append("/")
    lines = "".join(f"\n    {each}," for each in given)
    inside = f"{lines}\n" if len(given) > 1 else "".join(given)
    return f"{name}({inside}) -> {inspect.signature(called).return_annotation}"


def _documented(text: str | None) -> str:
    """Return a docstring as Markdown: its fields as a list, its example as code."""
    plain = inspect.cleandoc(text or "").replace("``", "`")
    body, *fields = re.split(r"^:", plain, flags=re.MULTILINE)
    body = re.sub(
        r"(?:^>>> .*\n?)+",
        lambda found: f"```\n{re.sub(' *# doctest:.*', '', found[0]).strip()}\n```\n",
        body,
        flags=re.MULTILINE,
    )
    listed = []
    for field in fields:
        head, _, said = field.partition(":")
        kind, _, name = head.partition(" ")
        shown = {"param": f"`{name}`", "raises": f"raises `{name}`"}.get(kind, "returns")
        listed.append(f"- {shown}: {' '.join(said.split())}")
    return "\n\n".join(filter(None, [body.strip(), "\n".join(listed)]))


def python() -> str:
    """Return ``python.md``."""
    parts = [
        _MADE.format(where="the docstrings in src/gapgraph/"),
        "# From Python",
        "`import gapgraph` gives `gapgraph.open()`, which returns a `Dataset`, and "
        "`gapgraph.__version__`. What to do with them is in [ask.md](ask.md), the stored queries "
        "are in [questions.md](questions.md).",
        f"## `gapgraph.open`\n\n```\n{_signature('gapgraph.open', gapgraph.open)}\n```",
        _documented(gapgraph.open.__doc__),
        "## `Dataset`",
        "What `gapgraph.open()` returns. A `Value` is a text, a whole number, `True`, `False`, a "
        "list of texts and numbers, or `None` for left open. A `Row` has plain values by column, "
        "`None` where unbound. A `Graph` is rdflib's.",
    ]
    for name, member in vars(Dataset).items():
        if name.startswith("_") or isinstance(member, classmethod):
            continue
        if isinstance(member, property):
            parts.append(f"### `Dataset.{name}`")
        else:
            parts.append(f"### `Dataset.{name}`\n\n```\n{_signature(name, member)}\n```")
        parts.append(_documented(member.__doc__))
    rows = [
        f"| `{name}` | {_cell((inspect.getdoc(found) or '').partition('.')[0])} |"
        for name, found in vars(errors).items()
        if inspect.isclass(found) and issubclass(found, Exception) and not name.startswith("_")
    ]
    parts += ["## Errors", "In `gapgraph.errors`.", "\n".join(["| | |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def glossary(store: EmbeddedStore) -> str:
    """Return ``glossary.md``."""
    found: dict[str, dict[str, str]] = {}
    schemes: dict[str, list[str]] = {}
    for term, scheme, _, verb, text in store.select(
        f"""PREFIX gg: <{GG}> PREFIX rdfs: <{RDFS}> PREFIX skos: <{SKOS}>
        SELECT ?term ?scheme ?place ?verb ?text WHERE {{
          VALUES ?verb {{ rdfs:label skos:prefLabel skos:definition }}
          ?term ?verb ?text .
          FILTER(STRSTARTS(STR(?term), STR(gg:)))
          OPTIONAL {{ ?term skos:inScheme ?scheme }} OPTIONAL {{ ?term gg:position ?place }}
        }} ORDER BY ?place ?term"""
    ).rows:
        assert term
        assert verb
        assert text
        name = term.value.removeprefix(str(GG))
        what = "meaning" if verb.value.endswith("definition") else "label"
        found.setdefault(name, {})[f"{what}-{text.language}"] = text.value
        if scheme and name not in schemes.setdefault(scheme.value.removeprefix(str(GG)), []):
            schemes[scheme.value.removeprefix(str(GG))].append(name)
    groups = [
        ("Lo que hay en un cuadro · What a table has · O que há num quadro", _CLASSES),
        ("Qué dice un enunciado · What a statement says · O que diz um enunciado", _KINDS),
        *((title, schemes[scheme]) for scheme, title in _SCHEMES),
    ]
    parts = [
        _MADE.format(where="the labels and definitions in ontology/gapgraph.ttl"),
        "# Glosario · Glossary · Glossário",
        "Una palabra por concepto, la misma en el IRI, la columna, la clave JSON y la página. "
        "One word a concept, the same in IRI, column, JSON key and page.",
    ]
    for title, names in groups:
        rows = [
            "| "
            + " | ".join(
                [
                    f"`gg:{name}`",
                    *(_cell(found[name].get(f"label-{lang}", "")) for lang in ("es", "en", "pt")),
                    "<br>".join(
                        _cell(found[name].get(f"meaning-{lang}", "")) for lang in ("es", "en")
                    ),
                ]
            )
            + " |"
            for name in names
        ]
        parts += [
            f"## {title}",
            "\n".join(["| | español | English | português | |", "|---|---|---|---|---|", *rows]),
        ]
    return "\n\n".join(parts) + "\n"
