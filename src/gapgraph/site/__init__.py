"""The site without a server: every page of the service as a file.

`rules` reads ``rules.toml`` (what becomes a file), `pages` puts the addresses of files into a page,
`browser` writes what scripts in a reader's browser answer from, `short` the pages of short
addresses, and `export` walks the service and writes the folder.
"""

from gapgraph.site.export import Exported, export_site

__all__ = ["Exported", "export_site"]
