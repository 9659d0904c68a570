"""One short script a page. What they share stands in view.py (what is asked) and show.py (how an
answer is laid out)."""
