"""What draws a ChartSpec: Plotly on screen, and native charts in the files that are handed out."""
