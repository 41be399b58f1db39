"""Reports to take away: one model of figures and cards from stored queries, several writers."""
