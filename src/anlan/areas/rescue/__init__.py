"""（三）壮大各类应急救援力量

Tasks 10-13 of the plan. Rescue: teams and stations.
"""
