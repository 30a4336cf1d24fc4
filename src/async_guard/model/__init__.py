"""Frozen values that every stage shares. Imports nothing of the project, reads nothing."""
