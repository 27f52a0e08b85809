"""Consequence models: what a release, an explosion, a fire, a leak or a crowd does, where and when (后果模型).

One folder a hazard, independent of one another: `scenario.py` declares the inputs, `model.py` has the equations,
`result.py` the outputs, `README.md` is the model card. `declaring.py` says how inputs are declared, `outcomes.py` what
every result has in common, `ensemble.py` how uncertainty is carried, `catalogue.py` which hazards there are.
"""
