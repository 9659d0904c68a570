"""All benchmarks: python -m benchmarks."""

from benchmarks import briefing, engines, loading, metrics, pages, restore

pages.main()
briefing.main()
metrics.main()
restore.main()
engines.beside_postgresql()
loading.main()
