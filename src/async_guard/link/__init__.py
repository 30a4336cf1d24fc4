"""Facts of all files, resolved to each other: types, call edges, contexts, and the questions rules may ask."""
