// Of every page: what is drawn for the screen's width is made to fit a sheet of A4 (page.css) before it
// is printed, and as it was afterwards.
const PAPER = { width: 660, height: 900 }; // pixels; lower than a sheet, for what stands above a chart
const before = new Map();

addEventListener("beforeprint", () => {
  for (const chart of document.querySelectorAll(".js-plotly-plot")) {
    const { width, height } = chart._fullLayout;
    before.set(chart, { width, height });
    Plotly.relayout(chart, { width: PAPER.width, height: Math.min(height, PAPER.height) });
  }
  for (const table of document.querySelectorAll(".stDataFrame")) {
    const rows = table.querySelector(".dvn-scroller"); // none in a folded one
    table.style.zoom = Math.min(1, PAPER.width / table.clientWidth);
    table.classList.toggle("has-more", rows?.scrollHeight > rows?.clientHeight + 1);
  }
});
addEventListener("afterprint", () => {
  for (const [chart, size] of before) Plotly.relayout(chart, size);
  before.clear();
  for (const table of document.querySelectorAll(".stDataFrame")) table.style.zoom = "";
});

// A menu opened with a key shows its first entry as chosen, but Streamlit leaves the focus beside it,
// where Enter does nothing.
addEventListener("focusin", ({ target }) => {
  if (target.matches("[role=menu]")) target.querySelector("[role=menuitem][tabindex='0']")?.focus();
});
