"""Ledgers (台账): one declaration gives a register its pages, import, export, history, API, scope and map layer."""
