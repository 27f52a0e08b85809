"""Pages of the shell, one module a page."""
