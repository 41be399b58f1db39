"""What is made once, also where several ask for it at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar, cast

__all__ = ["Once"]

_Made = TypeVar("_Made")


class Once:
    """Keeps what was made, by what it is.

    :param most: how many things are kept: those asked for last; all if 0
    """

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._made: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._making: dict[tuple[str, ...], threading.RLock] = {}
        self._lock = threading.Lock()

    def __call__(self, key: tuple[str, ...], make: Callable[[], _Made]) -> _Made:
        """Return a thing; who asks while it is being made waits for it.

        :param key: what it is
        :param make: makes it; what it raises leaves nothing kept
        """
        with self._lock:
            if key in self._made:
                return cast(_Made, self._kept(key))
            making = self._making.setdefault(key, threading.RLock())
        with making:
            with self._lock:
                if key in self._made:
                    return cast(_Made, self._kept(key))
            made = make()
            with self._lock:
                self._made[key] = made
                self._making.pop(key, None)
                while self._most and len(self._made) > self._most:
                    self._made.popitem(last=False)
            return made

    def _kept(self, key: tuple[str, ...]) -> Any:
        """Return what is kept, which is the last that was asked for now."""
        self._made.move_to_end(key)
        return self._made[key]
