"""Donations (捐赠): money and goods given, money used, corrected by counter-entries, made public by a second person."""
