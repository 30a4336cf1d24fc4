"""Settings: what a project wants checked, and how."""
