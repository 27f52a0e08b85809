"""Pages of monitoring: stations, alarms, gateways."""
