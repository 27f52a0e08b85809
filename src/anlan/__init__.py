"""Anlan (安澜): a city senses, forecasts, warns, decides, dispatches, supplies and accounts."""

import os

#: One thread for linear algebra, before NumPy is loaded: several processes share the machine, and OpenBLAS's threads
#: burn processor time while they wait for one another (a relief plan took 40 times as long on a loaded machine).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
