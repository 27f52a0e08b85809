"""What can be done about plans, activations and orders."""
