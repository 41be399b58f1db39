"""``python -m gapgraph`` is the command ``gapgraph``."""

from gapgraph.cli import main

if __name__ == "__main__":
    main()
