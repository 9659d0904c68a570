"""All benchmarks: python -m benchmarks."""

from benchmarks import (
    briefing,
    engines,
    linking,
    loading,
    metrics,
    pages,
    restore,
    screen,
    visitors,
)

pages.main()
screen.main()
visitors.main([])
briefing.main()
metrics.main()
linking.main()
restore.main()
engines.main(["1500000"])
loading.main()
