"""Oversight (督导): the plan itself, its 41 tasks, 7 projects and targets, read against live records."""
