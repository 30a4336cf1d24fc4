"""Thin ways in: command line and flake8."""
