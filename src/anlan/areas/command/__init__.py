"""（一）完善应急管理领导指挥体系

Tasks 1-4 of the plan. Command: the body, the desk, the response.
"""
