"""What is done to assessments and warnings: merge, end, receive, relay, decide."""
