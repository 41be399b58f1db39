"""Host names of requests: which can stand in an address, and the address they give.

RFC 9112, section 3.2, and RFC 3986, section 3.2.2.  An underscore is no letter of a host in the
DNS, but networks of containers name their hosts so; an address takes it, and so does this service.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from flask import Flask, Request
from werkzeug.routing import MapAdapter

__all__ = ["Application", "is_host"]

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"\w(?:[\w-]{0,61}\w)?", re.ASCII)
_STANDARD_PORTS = {"http": ":80", "https": ":443"}


def is_host(host: str) -> bool:
    """Tell whether a header ``Host`` names a host that can stand in an address.

    >>> is_host("gap_graph:8000"), is_host("a..b"), is_host("xn--a"), is_host("a:0")
    (True, False, False, False)
    """
    found = _HOST.fullmatch(host)
    if found is None or not (found[3] is None or 0 < int(found[3]) < 65_536):
        return False
    try:
        if found[1]:
            ipaddress.IPv6Address(found[1])
            return True
        labels = found[2].removesuffix(".").split(".")
        # What is written in ASCII for another script must be readable in that.
        readable = [label.encode().decode("idna") for label in labels if "--" in label]
    except ValueError:
        return False
    return all(readable) and all(_LABEL.fullmatch(label) for label in labels)


class _Request(Request):
    """A request whose host is the one that was asked; `intake` has looked at it."""

    @property
    def host(self) -> str:
        """The host, without the port that its scheme has anyway."""
        named = self.environ.get("HTTP_HOST") or ""
        server = f"{self.environ['SERVER_NAME']}:{self.environ['SERVER_PORT']}"
        return (named or server).removesuffix(_STANDARD_PORTS.get(self.scheme, " "))


class Application(Flask):
    """Flask, with hosts as this module reads them."""

    request_class = _Request

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what matches and writes addresses for a request."""
        if request is None:
            return super().create_url_adapter(None)
        asked: dict[str, Any] = {
            "script_name": request.root_path,
            "url_scheme": request.scheme,
            "path_info": request.path,
            "default_method": request.method,
            "query_args": request.query_string.decode("utf-8", "replace"),
        }
        return self.url_map.bind(request.host, **asked)
