"""Pages of plans, responses and orders, and what the phone page asks for."""
