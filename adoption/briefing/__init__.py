"""What staff brief others with: a deck, a workbook and a handout of the dashboard's own numbers."""
