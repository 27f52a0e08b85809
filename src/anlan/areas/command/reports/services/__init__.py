"""What can be done with duties and reports."""
