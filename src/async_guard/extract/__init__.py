"""Source to facts: one file at a time, knowing no library."""
