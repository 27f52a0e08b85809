"""Resources (应急资源): what any deployable ledger keeps can be asked for, assigned, tracked and released."""
