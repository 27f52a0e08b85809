"""The register of gas networks (燃气管网台账): pipes and points, what is wrong with them, which valves isolate a leak."""
