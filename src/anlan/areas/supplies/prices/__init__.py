"""Prices (价格监测): what supplies cost where, their median against the month before, a notice when one jumps."""
