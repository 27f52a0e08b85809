"""（七）提高应急运输保障能力

Tasks 25-29 of the plan. Transport: fleet, roads, green channel.
"""
