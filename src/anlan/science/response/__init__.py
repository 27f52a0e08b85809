"""What responders do with what they have: who brings what where, and how queues behind a blocked road grow."""
