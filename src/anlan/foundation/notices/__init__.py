"""Notices (通知): a message counts as delivered only when a named person confirmed it (叫应)."""
