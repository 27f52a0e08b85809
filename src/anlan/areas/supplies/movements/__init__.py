"""Movements (出入库): lots, a double-entry journal of what came and went, and the balances that follow from it."""
