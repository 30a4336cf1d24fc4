"""Finds calls that block the event loop, through any chain of calls, and misused coroutines and tasks in Python services."""

__version__ = "0.1.0"
