"""What an observation's words say: statements, measures, topics, institutions, themes.

The rules about a language are tables in ``data/reading/``; the modules here apply them.  None of
them knows a directive or a row.
"""
