"""（五）提高应急物资保障能力

Tasks 17-20 of the plan. Supplies: depots, stock, movements.
"""
