"""Programs and packages that tests need, and that a machine may lack."""

from __future__ import annotations

import os

import pytest


def needs(present: bool, what: str) -> pytest.MarkDecorator:
    """Mark a test that needs something: it is skipped without it, and fails where it must be there.

    The gate sets ``REQUIRE_CLIENTS``, so that nothing is skipped there unseen.
    """
    required = bool(os.environ.get("REQUIRE_CLIENTS"))
    return pytest.mark.skipif(not present and not required, reason=f"not installed: {what}")
