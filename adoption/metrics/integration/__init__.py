"""Who has integrated the certificate, since when, and who is behind."""

from adoption.metrics.integration import stages, targets, totals
from adoption.metrics.integration.catalogue import names_of

METRICS = (*totals.METRICS, *stages.METRICS, *targets.METRICS)

__all__ = ["METRICS", "names_of"]
