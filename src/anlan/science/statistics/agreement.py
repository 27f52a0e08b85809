"""How well predictions agree with observations (模型验证统计量).

Measures of S. R. Hanna, D. G. Strimaitis & J. C. Chang (1991) and J. C. Chang & S. R. Hanna, Meteorology and Atmospheric
Physics 87 (2004) 167-196, as air quality and hazard models are judged by. A perfect model has FAC2 = MG = VG = 1 and
FB = NMSE = 0. Logarithmic measures need positive values. Of nothing every measure is nan.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    """The mean; nan of nothing, about which nothing can be said."""
    return float(np.mean(values)) if values.size else float("nan")


def fac2(observed: ArrayLike, predicted: ArrayLike) -> float:
    """Share of predictions within a factor of two of what was observed.

    >>> fac2([1.0, 2.0, 4.0], [1.9, 5.0, 2.0])
    0.6666666666666666
    """
    seen, said = np.asarray(observed, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    return _mean((said >= 0.5 * seen) & (said <= 2.0 * seen))


def fractional_bias(observed: ArrayLike, predicted: ArrayLike) -> float:
    """2 (mean observed - mean predicted) / (their sum): positive where the model says too little.

    >>> fractional_bias([3.0, 3.0], [1.0, 1.0])
    1.0
    """
    seen, said = _mean(np.asarray(observed, dtype=np.float64)), _mean(np.asarray(predicted, dtype=np.float64))
    return 2.0 * (seen - said) / (seen + said)


def nmse(observed: ArrayLike, predicted: ArrayLike) -> float:
    """Mean squared difference over the product of the means.

    >>> nmse([2.0, 2.0], [1.0, 3.0])
    0.25
    """
    seen, said = np.asarray(observed, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    return _mean((seen - said) ** 2) / (_mean(seen) * _mean(said))


def geometric_mean_bias(observed: ArrayLike, predicted: ArrayLike) -> float:
    """Exponential of the mean log ratio observed to predicted: above 1 where the model says too little.

    >>> round(geometric_mean_bias([2.0, 8.0], [1.0, 4.0]), 6)
    2.0
    """
    ratio = np.asarray(observed, dtype=np.float64) / np.asarray(predicted, dtype=np.float64)
    return math.exp(_mean(np.log(ratio)))


def geometric_variance(observed: ArrayLike, predicted: ArrayLike) -> float:
    """Exponential of the mean squared log ratio.

    >>> round(geometric_variance([2.0, 2.0], [1.0, 4.0]), 3)
    1.617
    """
    ratio = np.asarray(observed, dtype=np.float64) / np.asarray(predicted, dtype=np.float64)
    return math.exp(_mean(np.log(ratio) ** 2))
