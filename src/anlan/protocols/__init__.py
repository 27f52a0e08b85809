"""Wire formats, sans-I/O: bytes in, frozen dataclasses out, and back. One folder a protocol."""
