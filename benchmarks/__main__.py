"""All benchmarks: python -m benchmarks."""

from benchmarks import loading, pages

pages.main()
loading.main()
