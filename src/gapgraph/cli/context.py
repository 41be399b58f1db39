"""What every command needs: settings, the project's files, the build's folder, messages."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
from click.core import ParameterSource
from rich.console import Console

from gapgraph.cli.language import language_of, translator
from gapgraph.errors import DeadlineError, EnvironmentFailure
from gapgraph.queries.api import open_engine, open_store, unaddable
from gapgraph.settings import Home, Settings, find_home
from gapgraph.store.engine import Engine
from gapgraph.told import in_words, told

__all__ = [
    "Context",
    "added_option",
    "analysis_option",
    "deadline",
    "engine_address",
    "engine_option",
    "file_type",
    "folder_type",
    "given_names",
    "output_option",
    "progress",
    "reader",
    "say",
    "shown",
    "translate",
    "write_out",
]


def progress(what: str) -> AbstractContextManager[Callable[[str], None]]:
    """Return what shows stages on a terminal, and is quiet elsewhere.

    :param what: what is under way
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        return nullcontext(lambda _: None)
    status = console.status(shown(what))

    class _Shown(AbstractContextManager[Callable[[str], None]]):
        def __enter__(self) -> Callable[[str], None]:
            status.start()
            return lambda stage: status.update(shown(stage))

        def __exit__(self, *_: object) -> None:
            status.stop()

    return _Shown()


folder_type = click.Path(file_okay=False, path_type=Path)
file_type = click.Path(path_type=Path)


class Context:
    """What every command needs: settings, the project's files and the build's folder."""

    def __init__(self) -> None:
        self.settings = Settings.of(os.environ)
        self.home: Home = find_home(Path.cwd(), self.settings.text("home"))

    def output(self, named: Path | None) -> Path:
        """Return the folder of the build."""
        return named or Path(self.settings.text("output"))

    def store(self, named: Path | None, added: tuple[Path, ...], engine: str = "") -> Engine:
        """Return the dataset of the build, with further files beside it, or that of an engine.

        :raises UsageError: for files beside an engine
        """
        if engine and added:
            raise unaddable()
        if engine:
            return open_engine(engine, self.settings)
        return open_store(self.output(named), self.settings, added)


def write_out(content: str | bytes) -> None:
    """Write data to standard output, as UTF-8 whatever encoding the console has.

    :raises EnvironmentFailure: where there is no standard output
    """
    if sys.stdout is None:  # closed by who started us (``>&-``)
        raise EnvironmentFailure(told("standard output is closed: send it to a file or a program"))
    sys.stdout.buffer.write(content.encode() if isinstance(content, str) else content)


def given_names() -> dict[str, str]:
    """Return the parameters that were given to the command: each, as a person writes it."""
    context = click.get_current_context()
    return {
        each.name: str(each.metavar)
        if isinstance(each, click.Argument)
        else max(each.opts, key=len)
        for each in context.command.params
        if each.name and context.get_parameter_source(each.name) is ParameterSource.COMMANDLINE
    }


def reader() -> str:
    """Return the language of who reads what the command line says."""
    return language_of(os.environ)


def translate(english: str) -> str:
    """Return the template of a message in the reader's language; the same where it has none."""
    return translator(reader())(english)


def shown(message: str) -> str:
    """Return a message in the reader's language, as far as it has one."""
    return in_words(message, translate)


def say(message: str) -> None:
    """Write a message for a person, in their language."""
    click.echo(shown(message), err=True)


@contextlib.contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """End this command, and the processes that it started, if what is done takes too long.

    :param seconds: how long it may take; for ever, where there is nothing
    """

    def end() -> None:
        say(
            told(
                "gapgraph: not done within {seconds:.3g} seconds, and stopped: give --timeout more",
                seconds=seconds,
            )
        )
        for child in multiprocessing.active_children():
            child.kill()
        os._exit(DeadlineError.exit_code)

    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


output_option = click.option(
    "--output", type=folder_type, help="Folder of the build (default: build, or GAPGRAPH_OUTPUT)."
)

analysis_option = click.option(
    "--analysis",
    default="",
    metavar="NAME",
    help="Which analysis, by its IRI or the last part of that (default: the first).",
)


def engine_address(_: click.Context, option: click.Parameter, value: str | None) -> str:
    """Refuse what is no address of an engine."""
    if value is None:
        return ""
    from gapgraph.store.wire import refused_address  # noqa: PLC0415 - few commands need it

    if fault := refused_address(value):
        raise click.BadParameter(shown(told("the address {fault}", fault=fault)), param=option)
    return value


engine_option = click.option(
    "--engine",
    callback=engine_address,
    metavar="URL",
    help="Where an engine takes SPARQL queries, which `gapgraph load` has loaded: it is asked, and "
    "not this process.",
)
added_option = click.option(
    "--with",
    "added",
    type=file_type,
    multiple=True,
    metavar="FILE",
    help="RDF beside the build, as a named graph; may be repeated.",
)
