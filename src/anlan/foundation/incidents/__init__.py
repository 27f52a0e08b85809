"""Incidents (突发事件): the one record that every area may point at, with an append-only timeline."""
