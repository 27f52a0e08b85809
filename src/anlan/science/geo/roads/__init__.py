"""Road networks (路网) as arrays: places on roads, travel times, reached ground, routes; closures without rebuilding."""
