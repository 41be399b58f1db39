"""What people decide of the reading: the queue of what is doubtful, and how far readers agree."""
