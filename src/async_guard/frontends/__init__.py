"""Thin ways in: the command line and the flake8 plugin. The only place for click and flake8."""
