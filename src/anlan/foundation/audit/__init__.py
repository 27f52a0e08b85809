"""Audit (审计): an append-only, hash-chained record of every write and every sensitive read."""
