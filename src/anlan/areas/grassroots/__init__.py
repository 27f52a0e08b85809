"""（十）提高基层基础应急保障能力

Tasks 38-41 of the plan. Grass roots: law, education, townships, integrated IT.
"""
