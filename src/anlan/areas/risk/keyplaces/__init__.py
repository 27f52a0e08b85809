"""Sensitive places (敏感场所): schools, kindergartens, care homes, with who is there by day and by night."""
