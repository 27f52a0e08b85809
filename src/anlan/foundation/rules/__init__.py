"""Rules (规则库): every threshold, grade and deadline as versioned data with its source and check status."""
