"""What takes how long, measured side by side in one run: make bench."""
