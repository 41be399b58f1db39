"""Work spread over processes, one a core."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any, TypeVar

__all__ = ["spread"]

Job = TypeVar("Job")
Result = TypeVar("Result")


def spread(
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    *,
    workers: int = 0,
    prepare: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
) -> Iterator[Result]:
    """Yield what a function gives for each of some jobs, in their order.

    One job alone is done in this process.  Jobs are taken as processes have room for them, so that
    few of them need to be in memory at once.

    :param function: one that other processes can import
    :param workers: processes to use beside this one; 0 means one a core, where there are several
    :param prepare: is called with what is given in each process, before its first job
    """
    cores = os.cpu_count() or 1
    count = workers or cores
    jobs = iter(jobs)
    first = list(islice(jobs, 2))
    jobs = chain(first, jobs)
    if len(first) < 2 or (cores < 2 and not workers):
        if prepare is not None and first:
            prepare(*given)
        yield from map(function, jobs)
        return
    # Spawned, not forked: the caller may be a service with threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        count, mp_context=context, initializer=prepare, initargs=given
    ) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(function, job))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
