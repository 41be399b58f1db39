"""The table: source text ⇄ typed records ⇄ asserted graph."""
