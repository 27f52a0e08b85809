"""（六）提高应急医疗卫生保障能力

Tasks 21-24 of the plan. Medical: capacity and surveillance.
"""
