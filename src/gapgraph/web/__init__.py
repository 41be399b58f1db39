"""The service over HTTP: stored queries, linked data, pages.

`create_app` runs under any WSGI server; ``gapgraph serve`` runs it under granian.
"""

from gapgraph.web.app import create_app

__all__ = ["create_app"]
