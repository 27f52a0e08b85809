"""（四）强化应急推演演练

Tasks 14-16 of the plan. Drills: plans, exercises, catastrophe scenarios.
"""
