"""Fire stations (消防站) and what a crew reaches within five minutes (5分钟灭火救援圈)."""
