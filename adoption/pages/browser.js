// One action, when it is asked for. A picture is of a chart as it is on screen: Plotly draws SVG,
// which is put under the chart's title and sentence.
const SVG = "http://www.w3.org/2000/svg";
const EDGE = 16; // pixels around the picture
const SHARPNESS = 2; // PNG pixels for one of the screen

function lines(text, width, font) {
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = font;
  const made = [""];
  // Chinese may break after any character, other words only at spaces.
  for (const piece of text.match(/[\u0021-\u024f]+\s*|\s+|[^\u0000-\u024f]/g) ?? []) {
    if (measure.measureText(made.at(-1) + piece.trimEnd()).width > width && made.at(-1)) {
      made.push("");
    }
    made[made.length - 1] += piece;
  }
  return made;
}

function picture({ place, title, says }) {
  const chart = document.querySelector(`.${CSS.escape(place)} .js-plotly-plot`);
  const layers = chart?.querySelectorAll(".main-svg") ?? [];
  if (!layers.length) return null;
  const style = getComputedStyle(document.querySelector("[data-testid=stApp]"));
  const { width, height } = layers[0].getBoundingClientRect();
  const svg = document.createElementNS(SVG, "svg");
  const add = (name, attributes, text = "") => {
    const made = svg.appendChild(document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  add("rect", { width: "100%", height: "100%", fill: style.backgroundColor });
  let top = EDGE;
  for (const [text, size, weight] of [[title, 20, 600], [says, 14, 400]]) {
    for (const line of lines(text, width, `${weight} ${size}px ${style.fontFamily}`)) {
      top += size * 1.4;
      add("text", {
        x: EDGE, y: top - size * 0.4, fill: style.color, "font-size": size, "font-weight": weight,
        "font-family": style.fontFamily,
      }, line);
    }
    top += 6;
  }
  for (const layer of layers) {
    const copy = layer.cloneNode(true);
    copy.querySelectorAll(".hoverlayer, .modebar-container").forEach((part) => part.remove());
    for (const [key, value] of Object.entries({ x: EDGE, y: top, width, height })) {
      copy.setAttribute(key, value);
    }
    copy.style.background = "none";
    svg.appendChild(copy);
  }
  const size = { width: width + 2 * EDGE, height: top + height + EDGE };
  for (const [key, value] of Object.entries(size)) svg.setAttribute(key, value);
  return { text: new XMLSerializer().serializeToString(svg), ...size };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function png({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * SHARPNESS;
  canvas.height = height * SHARPNESS;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

const ACTIONS = {
  svg: (data) => save(new Blob([picture(data).text], { type: "image/svg+xml" }), data.file),
  png: async (data) => save(await png(picture(data)), data.file),
  save: (data) => save(new Blob([data.text], { type: "text/csv" }), data.file),
  copy: (data) => navigator.clipboard.writeText(data.text),
};
const done = new Set();

export default async function ({ parentElement, data }) {
  if (done.has(data.id)) return; // Streamlit calls this again whenever the page is drawn
  done.add(data.id);
  const says = parentElement.appendChild(document.createElement("p"));
  says.setAttribute("role", "status");
  says.style.margin = 0;
  try {
    await ACTIONS[data.action](data);
    says.textContent = data.done ?? "";
  } catch (error) {
    says.textContent = data.action === "copy" ? data.text : data.failed;
    throw error;
  }
}
