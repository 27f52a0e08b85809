"""Safety (安全生产): enterprises and their major hazard sources."""
