"""A process that judges one body of RDF, and can do nothing else.

It gets the RDF on its standard input.  Once everything it needs is loaded it gives up opening files
and sockets, more memory and more time; who started it also ends it at a deadline, and it never
outlives who started it.
"""

from __future__ import annotations

import codecs
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from gapgraph.confine import Ending, end_with_parent, limit
from gapgraph.errors import BusyError, DeadlineError, EngineError, InputError
from gapgraph.namespaces import GG
from gapgraph.rdf import read_rdf, read_turtle
from gapgraph.validation.parallel import judge_unit
from gapgraph.validation.render import Report, render
from gapgraph.validation.shapes import read_shapes
from gapgraph.validation.sources import units_in

__all__ = ["judge_apart"]

#: The folder that this package is imported from: the process imports the same one.
_PACKAGES = Path(__file__).resolve().parents[2]
#: What the process runs, without the folder it is started in among those of modules.
_START = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from gapgraph.validation.worker import main; sys.exit(main(sys.argv[1:]))"
)
#: Exit codes of the worker: where the RDF cannot be read, and where the memory is used up.
_UNREADABLE, _EXHAUSTED = 2, 3
#: A faulty graph, judged first, so that nothing is left to load: what is found in it has literals,
#: with and without a language, and texts beyond ASCII.
_FAULTY = f"""
    @prefix gg: <{GG}> .
    <urn:a> a gg:Directive ; gg:number "uno"@es, "\\u00fano", 1.5 ; gg:text "" .
"""
#: Codecs that literals are read and written by; each is a file, opened at its first use.
_CODECS = ("ascii", "latin-1", "raw-unicode-escape", "unicode-escape", "utf-8", "utf-8-sig")


def judge_apart(
    content: bytes,
    media_type: str,
    *,
    ontology: Path,
    form: str,
    language: str,
    seconds: int,
    memory: int,
    severities: Sequence[str] = (),
    endings: Sequence[Ending] = (),
) -> str:
    """Judge RDF in a process of its own and return the report.

    :param content: the RDF
    :param media_type: its format
    :param ontology: the folder of the ontology and its shapes
    :param form: format of the report, a key of `render.FORMATS` that reads no file: not ``html``
    :param language: language of the report
    :param seconds: the deadline
    :param memory: the most memory it may take, in bytes
    :param severities: the severities to show; all, where none is named
    :param endings: what ends it before it is done
    :raises InputError: where the RDF cannot be read or judged
    :raises BusyError: where an ending came
    :raises DeadlineError: where it does not finish within its limits
    :raises EngineError: where the process fails for another reason
    """
    command = [sys.executable, "-P", "-c", _START, str(_PACKAGES), str(ontology), media_type]
    command += [form, language, str(seconds), str(memory), str(os.getpid()), *severities]
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - our own module, arguments checked by the caller
        command, stdin=pipe, stdout=pipe, stderr=pipe
    )
    with process, ExitStack() as over:
        try:
            for each in endings:
                over.enter_context(each.over(process))
            told, said = process.communicate(content, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise DeadlineError(
                f"the graph was not judged in {seconds} seconds: send a smaller one"
            ) from None
        finally:
            process.kill()  # does nothing to one that has ended
    if any(each.come for each in endings):
        raise BusyError("judging was ended before it was done: send it again", retry_after=10)
    if process.returncode == _UNREADABLE:
        raise InputError(said.decode("utf-8", "replace").strip()[:500])
    if process.returncode < 0 or process.returncode == _EXHAUSTED:
        raise DeadlineError(
            "the graph took more memory or time than one request is given: send a smaller one"
        )
    if process.returncode != 0:
        raise EngineError("the process that judges could not do it: see whether gapgraph is whole")
    return told.decode("utf-8")


def _confine(seconds: int, memory: int) -> None:
    """Give up what judging does not need (setrlimit(2)): no new file or socket from here on."""
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_NOFILE, 0)


def main(arguments: list[str]) -> int:
    """Judge standard input; the report goes to standard output, a message to standard error."""
    end_with_parent(int(arguments[6]))
    folder, media_type, form, language = Path(arguments[0]), *arguments[1:4]
    severities = arguments[7:]
    content = sys.stdin.buffer.read()
    shapes = {level: read_shapes(folder / "shapes", level) for level in ("asserted", "build")}
    ontology = read_turtle(folder / "gapgraph.ttl")

    def answer(body: bytes, media: str) -> str:
        reports = [
            Report(
                unit.report,
                str(unit.report).removesuffix("/report"),
                judge_unit(unit, shapes[unit.level], ontology),
                shapes[unit.level].graph,
            )
            for unit in units_in([read_rdf(body, media)])
        ]
        return render(reports, form, language, severities=severities)

    # What libraries load at their first use is loaded now.
    for name in _CODECS:
        codecs.lookup(name)
    answer(_FAULTY.encode(), "text/turtle")
    _confine(int(arguments[4]), int(arguments[5]))
    try:
        sys.stdout.buffer.write(answer(content, media_type).encode())
    except InputError as error:
        sys.stderr.write(str(error))
        return _UNREADABLE
    except RecursionError:
        sys.stderr.write("the graph is nested too deeply: send a flatter one")
        return _UNREADABLE
    except MemoryError:
        return _EXHAUSTED
    return 0
