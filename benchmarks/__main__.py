"""All benchmarks: python -m benchmarks."""

from benchmarks import loading, metrics, pages

pages.main()
metrics.main()
loading.main()
