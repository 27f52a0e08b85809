"""Major hazard installations of dangerous chemicals by GB 18218-2018: what counts as one, and its grade (重大危险源)."""
