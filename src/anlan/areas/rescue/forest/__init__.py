"""Forest cells and water points, and how soon forest fire teams are there."""
