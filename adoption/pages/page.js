// Of every page. Charts are drawn for the screen's width: on paper each has a row of its own, as wide
// as A4 (page.css) leaves it.
const PAPER = 660; // pixels
const charts = () => [...document.querySelectorAll(".js-plotly-plot")];
const widths = new Map();
addEventListener("beforeprint", () => {
  for (const chart of charts()) {
    widths.set(chart, chart._fullLayout.width);
    Plotly.relayout(chart, { width: PAPER });
  }
});
addEventListener("afterprint", () => {
  for (const [chart, width] of widths) Plotly.relayout(chart, { width });
  widths.clear();
});
