"""Numbers, as ratios against a peer or a limit measured in the same run: `make bench`, or `python -m benchmarks ledger`."""

import anlan  # noqa: F401 -- before NumPy, for what it sets for linear algebra
