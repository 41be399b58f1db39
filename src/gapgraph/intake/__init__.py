"""Other people's tables: a file, the mapping that says how it is read, and what it says."""
