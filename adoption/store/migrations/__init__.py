"""Every layout that a store has had, and the step from each to the next: adoption/store/layout.py.

A step is a file of versions/. What it says stays as it is when the schema changes again. It runs on
PostgreSQL and on DuckDB; adoption/store/evolution.py has what they do differently.
"""
