"""All benchmarks: python -m benchmarks."""

from benchmarks import briefing, engines, linking, loading, metrics, pages, restore

pages.main()
briefing.main()
metrics.main()
linking.main()
restore.main()
engines.main([f"{name}=1500000" for name in engines.ENGINES])
loading.main()
