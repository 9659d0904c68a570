"""Spark as a second way to compute over the same lake: $ADOPTION_COMPUTE, docs/operations-spark.md.

compute.py    what is asked of the cluster: queries over large tables, checks of large files
views.py      the lake's files at a snapshot, as tables
sql.py        SQLAlchemy's statements in Spark's SQL
cluster.py    the connection
"""
