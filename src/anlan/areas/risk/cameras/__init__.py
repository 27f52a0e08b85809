"""Cameras (视频监控点): where they look, whether they answer, what they raise, and how they are moved.

Cameras watch roads, rivers, works and squares alike, so they stand with risk monitoring and not with any one user of
their pictures; the other areas meet them as a layer of the one map and as the indicators of tasks 6 and 28.
"""
