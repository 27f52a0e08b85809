"""（二）开展风险隐患排查治理

Tasks 5-9 of the plan. Risk: census, monitoring, warning, safety.
"""
