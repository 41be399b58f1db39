"""What an observation's words say: statements, measures, topics, institutions, themes.

The rules about Spanish are tables in ``data/reading/``; the modules here apply them.  None of
them knows a directive or a row.
"""
