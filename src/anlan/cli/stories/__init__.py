"""Stories that `anlan replay` plays into a running installation, and that scenario tests hold it to."""
