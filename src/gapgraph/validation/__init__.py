"""What is missing, what contradicts itself, and where: SHACL in, findings out."""
