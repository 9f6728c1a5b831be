"""The metrics, by family; importing this package declares them all."""

# The order is the order of the function list.
from mrr_xl.metrics import movement, committed, at_risk, growth, trials, retention, concentration, products, economics  # noqa: F401, I001
from mrr_xl.metrics import tables, cohorts, segments, checks, forecast, handle, arithmetic  # noqa: F401
from mrr_xl.metrics.evaluate import metric, movements, values_at
from mrr_xl.metrics.arguments import ARGUMENTS
from mrr_xl.metrics.registry import REGISTRY, Metric, find

__all__ = ["ARGUMENTS", "REGISTRY", "Metric", "find", "metric", "movements", "values_at"]
