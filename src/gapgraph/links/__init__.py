"""Links to other datasets: read from reviewed tables, given out as RDF and as SSSOM."""
