"""Medical capacity (医疗救治能力): hospitals, infectious beds, isolation rooms."""
