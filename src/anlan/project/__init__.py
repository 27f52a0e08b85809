"""Composition root: configuration, settings, addresses, the WSGI entry."""
