// Owns the figures: lines, boxes and bars, each with its numbers as a table for those who read.

function figure(title, says, drawing, table) {
  const more = html("details", {}, html("summary", {}, WORDS.asTable), table);
  const sentence = says ? html("p", { class: "small" }, says) : null;
  return html("figure", {}, html("figcaption", {}, title), sentence, drawing, more);
}

function grid(heads, rows) {
  const head = html("tr", {}, ...heads.map((text) => html("th", { scope: "col", class: "number" }, text)));
  const body = rows.map(([first, ...others]) => html("tr", {}, html("th", { scope: "row" }, String(first)),
    ...others.map((text) => html("td", { class: "number" }, text))));
  const table = html("table", {}, html("thead", {}, head), html("tbody", {}, ...body));
  return html("div", { class: "wide", tabindex: "0", role: "region", "aria-label": WORDS.asTable }, table);
}

function drawing(label, height = HEIGHT) {
  return svg("svg", { class: "drawing", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label });
}

function axes(canvas, x, y, write, xLabel) {
  const bottom = HEIGHT - MARGIN.bottom, right = WIDTH - MARGIN.right;
  for (const tick of y.ticks) {
    canvas.append(svg("line", { class: "grid", x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick) }));
    canvas.append(svg("text", { class: "tick", x: MARGIN.left - 6, y: y(tick) + 4, "text-anchor": "end" }, write(tick)));
  }
  for (const tick of x.ticks.filter(Number.isInteger)) {
    canvas.append(svg("text", { class: "tick", x: x(tick), y: bottom + 18, "text-anchor": "middle" }, String(tick)));
  }
  canvas.append(svg("text", { class: "tick", x: right, y: bottom + 36, "text-anchor": "end" }, xLabel));
}

// series: [{arm, name, points: [[x, y], ...]}]
function lines({ title, says, series, xLabel, write, isLog = false, band = null, one = null }) {
  const known = series.map((each) => ({ ...each, points: each.points.filter(([, y]) => Number.isFinite(y) && (!isLog || y > 0)) })).filter((each) => each.points.length);
  const ys = known.flatMap((each) => each.points.map(([, y]) => y));
  const within = room(ys, { isLog, within: [one, ...(band || [])].filter((value) => value !== null) });
  if (within === null) return null;
  const xs = known.flatMap((each) => each.points.map(([x]) => x));
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const x = linear(first - 0.3, last + 0.3, MARGIN.left, WIDTH - MARGIN.right);
  const y = (isLog ? logarithmic : linear)(...within, HEIGHT - MARGIN.bottom, MARGIN.top);
  const canvas = drawing(summary(title, known, write));
  if (band) canvas.append(svg("rect", { class: "band", x: MARGIN.left, width: WIDTH - MARGIN.left - MARGIN.right, y: y(band[1]), height: Math.max(0, y(band[0]) - y(band[1])) }));
  axes(canvas, x, y, write, xLabel);
  if (one !== null) canvas.append(svg("line", { class: "one", x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y(one), y2: y(one) }));
  for (const { arm, points } of known) canvas.append(...path(arm, points, x, y));
  return figure(title, says, canvas, columns(xLabel, known, write));
}

function path(arm, points, x, y) {
  const places = points.map(([px, py]) => [x(px), y(py)]);
  const line = svg("path", { d: `M${places.map((place) => place.map((value) => value.toFixed(1)).join(" ")).join("L")}`, fill: "none", stroke: armColour(arm), "stroke-width": 1.5, "stroke-dasharray": DASHES[Math.floor(arm / SHAPES.length) % DASHES.length] });
  const every = Math.ceil(places.length / 40);
  return [line, ...places.filter((_, index) => index % every === 0).map(([px, py]) => mark(arm, px, py, 3))];
}

function summary(title, series, write) {
  return `${title}: ${series.map((each) => `${each.name} ${write(median(each.points.map(([, y]) => y)))}`).join(", ")} (${WORDS.median})`;
}

function columns(xLabel, series, write) {
  const xs = sorted(new Set(series.flatMap((each) => each.points.map(([x]) => x))));
  const maps = series.map((each) => new Map(each.points));
  return grid([xLabel, ...series.map((each) => each.name)], xs.map((x) => [x, ...maps.map((map) => (map.has(x) ? write(map.get(x)) : ""))]));
}

// rows: [{arm, name, values}]
function boxes({ title, says, rows, write }) {
  const known = rows.filter((row) => row.values.length).map((row) => ({ ...row, values: sorted(row.values) }));
  const ends = known.flatMap(({ values }) => [quantile(values, 0.05), quantile(values, 0.95)]);
  const within = room(ends, { isLog: true });
  if (within === null) return null;
  const height = 44 + 30 * known.length, left = 150;
  const x = logarithmic(...within, left, WIDTH - MARGIN.right - 8);
  const canvas = drawing(summary(title, known.map(({ name, values }) => ({ name, points: values.map((value) => [0, value]) })), write), height);
  scaleAcross(canvas, x, height, write);
  known.forEach(({ arm, name, values }, index) => {
    const y = 20 + 30 * index, [p5, p25, p50, p75, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => x(quantile(values, share)));
    const colour = armColour(arm);
    canvas.append(
      svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, shortened(name)),
      svg("line", { x1: p5, x2: p95, y1: y, y2: y, stroke: colour, "stroke-width": 2 }),
      svg("rect", { x: p25, y: y - 8, width: Math.max(1.5, p75 - p25), height: 16, fill: colour, "fill-opacity": 0.35, stroke: colour }),
      svg("line", { x1: p50, x2: p50, y1: y - 10, y2: y + 10, stroke: colour, "stroke-width": 3 }),
    );
  });
  const table = grid([WORDS.arm, "5 %", "25 %", WORDS.median, "75 %", "95 %", WORDS.n], known.map(({ name, values }) => [name, ...[0.05, 0.25, 0.5, 0.75, 0.95].map((share) => write(quantile(values, share))), String(values.length)]));
  return figure(title, says, canvas, table);
}

function scaleAcross(canvas, x, height, write) {
  const every = Math.ceil(x.ticks.length * TICK / (WIDTH - MARGIN.right - 150));
  for (const tick of x.ticks.filter((_, index) => index % every === 0)) {
    canvas.append(svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 4, y2: height - 22 }));
    canvas.append(svg("text", { class: "tick", x: x(tick), y: height - 6, "text-anchor": "middle" }, write(tick)));
  }
}

// rows: [{arm, name, value}]; `one` is the baseline's value, whose line stays when its bar is hidden.
function bars({ title, rows, write, one }) {
  const known = rows.filter((row) => Number.isFinite(row.value));
  if (!known.length) return null;
  const height = 40 + 26 * known.length, left = 150, most = Math.max(...[one, ...known.map((row) => row.value)].filter(Number.isFinite)) || 1;
  const x = linear(0, most * 1.02, left, WIDTH - 92);
  const canvas = drawing(`${title}: ${known.map((row) => `${row.name} ${write(row.value)}`).join(", ")}`, height);
  known.forEach(({ arm, name, value }, index) => {
    const y = 10 + 26 * index;
    canvas.append(
      svg("text", { x: left - 8, y: y + 13, "text-anchor": "end" }, shortened(name)),
      svg("rect", { x: left, y, width: Math.max(1, x(value) - left), height: 18, fill: armColour(arm), "fill-opacity": 0.75 }),
      svg("text", { x: Math.max(1, x(value)) + 6, y: y + 13 }, write(value)),
    );
  });
  if (Number.isFinite(one)) canvas.append(svg("line", { class: "one", x1: x(one), x2: x(one), y1: 4, y2: height - 24 }));
  return figure(title, "", canvas, grid([WORDS.arm, title], known.map((row) => [row.name, write(row.value)])));
}

const shortened = (name) => (name.length > 20 ? `${name.slice(0, 19)}…` : name);
