"""（八）提高应急通信保障能力

Tasks 30-33 of the plan. Communications: links and equipment.
"""
