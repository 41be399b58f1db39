"""Outside data for tests: real files that are not copied into the project.

``GAPGRAPH_EXTERNAL`` names their folder; else it is looked for beside the checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("GAPGRAPH_EXTERNAL", ROOT.parent / "shared" / "external"))

#: Marks a test that reads outside data.
needs_external = pytest.mark.skipif(
    not (FOLDER / "sdg").is_dir(),
    reason="no outside data: set GAPGRAPH_EXTERNAL to a folder that holds sdg/ and slices/",
)
