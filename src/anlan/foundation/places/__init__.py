"""Places (区域): any Chinese city by its GB/T 2260 code, as a tree by code prefix, with local zones."""
