"""Command bodies (指挥机构): headquarters, their seats, members and substitutes."""
