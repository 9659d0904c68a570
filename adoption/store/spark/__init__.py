"""Metrics computed by a Spark cluster over the same lake."""
