"""（五）提高应急物资保障能力

Tasks 17-20 of the plan. Supplies: depots with their catalogue and norms, and a double-entry journal of what comes and goes.
"""
