"""After-action review (复盘评估): what was done when, against which limits, what was found, and what improves."""
