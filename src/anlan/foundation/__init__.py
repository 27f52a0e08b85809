"""What every area shares: people, places, records, rules, notices and the ledger kernel."""
