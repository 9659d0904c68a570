"""All benchmarks: python -m benchmarks."""

from benchmarks import briefing, loading, metrics, pages

pages.main()
briefing.main()
metrics.main()
loading.main()
