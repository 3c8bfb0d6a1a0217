"""The figures that emulated services would send to CloudWatch, computed from their state when somebody asks.

A service's extension module that has figures defines `metric_points(since, until)`; CloudWatch's extension asks them
all. One whose things change their state in a way that EventBridge is told of defines `state_changes(since, until)`;
EventBridge's extension asks those. Nothing ticks in the background.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """One figure. `at` in epoch seconds; `unit` as CloudWatch names it (Seconds, Bytes, Percent, Count, None)."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    at: float
    value: float
    unit: str = "None"


@dataclass(frozen=True, slots=True)
class StateChange:
    """One event of a service. `at` in epoch seconds; `source` is `aws.glue`, `detail_type` as the service words it."""

    source: str
    detail_type: str
    resources: tuple[str, ...]
    detail: Mapping[str, object]
    at: float
