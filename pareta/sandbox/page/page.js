// The live page: draws what the sandbox's feed says. All that the server says is put in as text, never as markup.
"use strict";

const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function make(tag, classes, text) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  if (text !== undefined) element.textContent = text;
  return element;
}

function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function dollars(micro, digits) {
  const places = digits ?? (Math.abs(micro) < 10_000 ? 6 : Math.abs(micro) < 1_000_000 ? 4 : 2);
  return (micro < 0 ? "−$" : "$") + (Math.abs(micro) / 1e6).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: places });
}

const milliseconds = (ms) => (ms === null ? "–" : ms < 10 ? ms.toFixed(1) + " ms" : Math.round(ms) + " ms");
const set = (id, text) => { byId(id).textContent = text; };

function figure(label, value) {
  const span = make("span");
  span.append(make("span", "label", label), value);
  return span;
}

function endpoint(each) {
  const item = make("li");
  item.dataset.id = each.id;
  const head = make("div");
  head.append(make("div", "name", each.id), make("div", "what", `${each.model} for ${each.task}`));
  const detail = make("div", "detail");
  if (each.progress) {
    const progress = make("div", "progress", `${each.progress.stage}, ${each.progress.pct} %`);
    const bar = make("div", "bar");
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-valuenow", each.progress.pct);
    bar.setAttribute("aria-label", `deploying ${each.id}`);
    const filled = make("i");
    filled.style.width = `${Number(each.progress.pct)}%`;
    bar.append(filled);
    progress.append(bar);
    detail.append(progress);
  } else if (each.failure) {
    detail.append(make("div", "what", each.failure));
  } else {
    const numbers = make("div", "numbers");
    numbers.append(
      figure("requests", String(each.requests)), figure("errors", String(each.errors)),
      figure("p50", milliseconds(each.p50_ms)), figure("p95", milliseconds(each.p95_ms)),
      figure("spent", dollars(each.spend_micro_usd)),
    );
    detail.append(numbers);
  }
  item.append(head, make("div", `status ${each.status}`, each.status), detail);
  return item;
}

// A round number at or above a value, for the end of an axis.
function ceiling(value) {
  const unit = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 2.5, 5, 10].map((step) => step * unit).find((step) => step >= value * 0.999) || value;
}

// An empty chart with its lines: returns the drawing, and where a position and a value lie in it.
function frame(id, count, top, write) {
  const box = byId(id);
  const width = box.clientWidth, height = box.clientHeight, left = 52, right = 8, above = 14, below = 20;
  const drawing = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  const x = (position) => left + (width - left - right) * (count > 1 ? position / (count - 1) : 0.5);
  const y = (value) => height - below - (height - above - below) * (value / top);
  for (const part of [0, 0.5, 1]) {
    drawing.append(draw("line", { class: "grid", x1: left, x2: width - right, y1: y(top * part), y2: y(top * part) }));
    drawing.append(draw("text", { x: left - 8, y: y(top * part) + 4, "text-anchor": "end" }, write(top * part)));
  }
  box.replaceChildren(drawing);
  return { drawing, x, y, width, height, left, right };
}

function footing(at, completions) {
  const first = completions[0], last = completions[completions.length - 1];
  at.drawing.append(draw("text", { x: at.left, y: at.height - 4 }, `completion ${first.number}`));
  if (last !== first) at.drawing.append(draw("text", { x: at.width - at.right, y: at.height - 4, "text-anchor": "end" }, String(last.number)));
}

function nothing(id) {
  byId(id).replaceChildren(make("p", "quiet", "Nothing to draw yet: ask an endpoint something."));
}

function latency(completions) {
  const finished = completions.filter((each) => each.latency_ms !== null);
  if (!finished.length) return nothing("latency");
  const values = finished.map((each) => each.latency_ms).sort((a, b) => a - b);
  const median = values[Math.ceil(values.length / 2) - 1];
  const at = frame("latency", finished.length, ceiling(values[values.length - 1]), (value) => String(Math.round(value * 10) / 10));
  at.drawing.setAttribute("aria-label", `Latency of the last ${finished.length} completions; half took at most ${Math.round(median)} ms`);
  finished.forEach((each, position) => {
    const dot = draw("circle", { class: "dot", cx: at.x(position), cy: at.y(each.latency_ms), r: 4 });
    dot.append(draw("title", {}, `${each.endpoint}: ${milliseconds(each.latency_ms)}`));
    at.drawing.append(dot);
  });
  at.drawing.append(draw("line", { class: "median", x1: at.left, x2: at.width - at.right, y1: at.y(median), y2: at.y(median) }));
  at.drawing.append(draw("text", { class: "strong", x: at.width - at.right, y: at.y(median) - 5, "text-anchor": "end" }, `median ${milliseconds(median)}`));
  footing(at, finished);
}

function spend(completions) {
  if (!completions.length) return nothing("spend");
  let spent = 0, frontier = 0;
  const sums = completions.map((each) => [(spent += each.price), (frontier += each.frontier)]);
  const top = ceiling(Math.max(spent, frontier));
  const at = frame("spend", sums.length, top, (value) => dollars(value, 4));
  at.drawing.setAttribute("aria-label", `Spent ${dollars(spent)}; the frontier model would have cost ${dollars(frontier)}`);
  for (const [index, name, total, label] of [[1, "frontier", frontier, "frontier model"], [0, "spent", spent, "spent"]]) {
    const points = sums.map((sum, position) => `${at.x(position)},${at.y(sum[index])}`);
    at.drawing.append(draw("polyline", { class: name, points: points.join(" ") }));
    if (points.length === 1) at.drawing.append(draw("circle", { class: "dot", cx: at.x(0), cy: at.y(total), r: 4 }));
    const close = index === 0 && Math.abs(at.y(spent) - at.y(frontier)) < 16;
    at.drawing.append(draw("text", { class: "strong", x: at.width - at.right, y: at.y(total) + (close ? 14 : -6), "text-anchor": "end" }, `${label} ${dollars(total)}`));
  }
  footing(at, completions);
}

function request(each) {
  const row = make("tr");
  const status = make("td", "number" + (each.status === null || each.status >= 400 ? " ill" : ""), each.status === null ? "–" : String(each.status));
  const path = make("td", "path", `${each.method} ${each.path}`);
  path.title = `${each.id} ${each.method} ${each.path}`;
  row.append(path, make("td", "", each.operation || "–"), status, make("td", "number", each.end === "open" ? "open" : milliseconds(each.ms)));
  return row;
}

let shown = null;

function show(now) {
  shown = now;
  set("balance", dollars(now.balance, 4));
  set("live", `${now.endpoints.filter((each) => each.status === "live").length} of ${now.endpoints.length}`);
  set("count", now.endpoints.reduce((sum, each) => sum + each.requests, 0).toLocaleString("en-US"));
  set("saved", dollars(now.endpoints.reduce((sum, each) => sum + each.savings_micro_usd, 0)));
  set("exports", `export PARETA_BASE_URL=${now.base_url}\nexport PARETA_API_KEY=${now.api_key}`);
  set("about", `${now.engine} engine, ${now.clock} clock at ${now.now}`);
  byId("endpoints").replaceChildren(...now.endpoints.map(endpoint));
  byId("no-endpoints").hidden = now.endpoints.length > 0;
  byId("requests").replaceChildren(...now.requests.map(request));
  byId("no-requests").hidden = now.requests.length > 0;
  latency(now.completions);
  spend(now.completions);
}

function state(name, text) {
  byId("state").className = `state ${name}`;
  set("state", text);
}

const feed = new EventSource("/_sandbox/feed");
feed.onmessage = (message) => { state("live", "live"); show(JSON.parse(message.data)); };
feed.onerror = () => state("lost", "not reached");
addEventListener("resize", () => { if (shown) { latency(shown.completions); spend(shown.completions); } });
byId("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(byId("exports").textContent);
  set("copy", "Copied");
  setTimeout(() => set("copy", "Copy"), 1500);
});
