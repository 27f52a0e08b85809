"""Exercises (演练): who owes them how often, which are planned, which were held, and what was learnt."""
