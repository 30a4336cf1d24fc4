"""The pipeline: discover -> extract -> link -> judge -> policy."""
