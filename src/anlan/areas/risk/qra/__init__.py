"""Individual and societal risk of hazardous installations (定量风险评价, QRA) by GB 36894 and GB/T 37243."""
