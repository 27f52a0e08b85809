"""Pure models: arrays in, frozen dataclasses out. No Django, no network, no disk, no clock."""
