"""Transport nodes (交通节点): stations, ports, airfields and hubs, whom to call there, and who is far from any."""
