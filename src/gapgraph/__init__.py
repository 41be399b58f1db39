"""gapgraph: from a published comparison table to a queryable knowledge graph."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
