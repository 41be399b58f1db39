"""Decisions of people on what was read: their table in an analysis's folder, and their graph."""
