"""What is said of many samples."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def middle(samples: Sequence[float]) -> float:
    """The median."""
    return statistics.median(samples)


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that so many percent do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def ratio(samples: Sequence[float], measure: Sequence[float]) -> float:
    """How many times the measure: the median over the rounds, each compared with its own, so that both saw the same machine."""
    return middle([sample / beside for sample, beside in zip(samples, measure, strict=True)])
