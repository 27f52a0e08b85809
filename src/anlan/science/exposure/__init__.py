"""Who and what stands in a zone: what it does to people, buildings and equipment, and the risk that follows."""
