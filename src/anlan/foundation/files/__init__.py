"""Files (附件): pictures and documents that belong to any record, kept with their digest."""
