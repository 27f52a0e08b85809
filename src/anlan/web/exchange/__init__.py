"""EDXL messages of other bureaus taken in and handed to whom they concern; ours provided (数据交换)."""
