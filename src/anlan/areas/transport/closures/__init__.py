"""Closures (道路阻断): roads that are blocked or slow, and how soon they are open again."""
