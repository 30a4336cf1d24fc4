"""A small order service. It works, and it blocks the event loop in most of the ways that pass a code review."""
