"""Who has integrated the certificate, since when, and who is behind."""

from adoption.metrics.integration import stages, targets, totals, waves
from adoption.metrics.integration.catalogue import names_of, with_english_names

METRICS = (*totals.METRICS, *stages.METRICS, *targets.METRICS, *waves.METRICS)

__all__ = ["METRICS", "names_of", "with_english_names"]
