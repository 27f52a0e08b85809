"""（九）提高应急科技装备能力

Tasks 34-37 of the plan. Technology: education, research, equipment.
"""
