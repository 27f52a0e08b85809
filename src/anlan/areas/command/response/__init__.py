"""Response (应急响应): plans as data, activation by two persons, orders with addressee and deadline."""
