"""Numbers are grouped by three digits, as official statistics print them; the framework has no mark, and groups of four."""

NUMBER_GROUPING = 3
THOUSAND_SEPARATOR = ","
