"""Convoy orders (车队调令): a convoy or vehicle is sent, accepts, sets out, arrives and comes back; each time is kept."""
