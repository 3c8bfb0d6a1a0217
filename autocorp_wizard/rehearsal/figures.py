"""CloudWatch's arithmetic: samples in periods, statistics over them. Pure; whoever asks brings the samples."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_PERCENTILE: Final = re.compile(r"p(100|\d{1,2}(\.\d{1,10})?)")
PLAIN: Final = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

Dimensions = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a metric is called; CloudWatch keeps each set of dimensions apart and never adds them up."""

    namespace: str
    name: str
    dimensions: Dimensions


@dataclass(frozen=True, slots=True)
class Sample:
    """`count` measurements of one moment (epoch seconds): one value, or a summary of several."""

    at: float
    total: float
    least: float
    most: float
    count: float = 1.0
    unit: str = "None"

    @classmethod
    def of(cls, at: float, value: float, unit: str = "None") -> "Sample":
        """Return a single measurement."""
        return cls(at, value, value, value, 1.0, unit)


def is_statistic(name: str) -> bool:
    """Say whether `name` is a statistic that is computed here: the five plain ones and percentiles."""
    return name in PLAIN or _PERCENTILE.fullmatch(name) is not None


def in_periods(samples: Iterable[Sample], period: int) -> dict[int, list[Sample]]:
    """Sort samples into periods of so many seconds, aligned as by CloudWatch; the key is the period's start."""
    found: dict[int, list[Sample]] = {}
    for sample in samples:
        found.setdefault(int(sample.at // period) * period, []).append(sample)
    return found


def value_of(samples: list[Sample], statistic: str) -> float:
    """Return a statistic over the samples of one period; there must be one at least."""
    count = sum(sample.count for sample in samples)
    total = sum(sample.total for sample in samples)
    simple: Mapping[str, float] = {
        "SampleCount": count,
        "Sum": total,
        "Average": total / count if count else 0.0,
        "Minimum": min(sample.least for sample in samples),
        "Maximum": max(sample.most for sample in samples),
    }
    return simple[statistic] if statistic in simple else _percentile(samples, float(statistic[1:]))


def _percentile(samples: list[Sample], wanted: float) -> float:
    """Return the smallest value that `wanted` percent of the measurements do not exceed.

    A summary of several counts as that often its average: CloudWatch has no percentiles of summaries at all.
    """
    ordered = sorted((sample.total / sample.count, sample.count) for sample in samples)
    rank = math.ceil(sum(count for _, count in ordered) * wanted / 100) or 1
    seen = 0.0
    for value, count in ordered:
        seen += count
        if seen >= rank:
            return value
    return ordered[-1][0]
