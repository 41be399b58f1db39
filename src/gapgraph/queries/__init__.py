"""Stored queries: read, bound to values, answered, and written in every format."""
