// Owns the elements that figures are made of, and their axes.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = ["circle", "square", "triangle", "diamond", "cross", "plus"];
const DASHES = ["", "6 3", "2 3", "8 3 2 3"];
// On a phone, as wide as it is: letters keep their size there.
const WIDTH = Math.max(300, Math.min(640, document.documentElement.clientWidth - 24));
const HEIGHT = 280, TICK = 64;
const MARGIN = { left: 78, right: 14, top: 12, bottom: 42 };

function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const armColour = (arm) => `var(--a${arm < 2 ? arm : 2 + (arm - 2) % 8})`;

function mark(arm, x, y, size = 3.5) {
  const fills = { fill: armColour(arm) }, strokes = { stroke: armColour(arm), "stroke-width": 2, fill: "none" };
  switch (SHAPES[arm % SHAPES.length]) {
    case "circle": return svg("circle", { cx: x, cy: y, r: size, ...fills });
    case "square": return svg("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, ...fills });
    case "triangle": return svg("path", { d: `M${x} ${y - size}l${size} ${2 * size}h${-2 * size}z`, ...fills });
    case "diamond": return svg("path", { d: `M${x} ${y - 1.3 * size}l${size} ${1.3 * size}l${-size} ${1.3 * size}l${-size} ${-1.3 * size}z`, ...fills });
    case "cross": return svg("path", { d: `M${x - size} ${y - size}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}`, ...strokes });
    default: return svg("path", { d: `M${x - size} ${y}h${2 * size}m${-size} ${-size}v${2 * size}`, ...strokes });
  }
}

function key(arm) {
  const line = svg("line", { x1: 0, x2: 28, y1: 8, y2: 8, stroke: armColour(arm), "stroke-width": 2, "stroke-dasharray": DASHES[Math.floor(arm / SHAPES.length) % DASHES.length] });
  return svg("svg", { width: 28, height: 16, "aria-hidden": "true" }, line, mark(arm, 14, 8));
}

// A scale turns a value into a place; `ticks` are the values that it writes down.
function linear(low, high, from, to) {
  const span = high - low || 1;
  const scale = (value) => from + (value - low) / span * (to - from);
  const raw = span / 5, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((each) => each * power >= raw) * power;
  scale.ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step / 1e6; tick += step) scale.ticks.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  return scale;
}

function logarithmic(low, high, from, to) {
  const span = Math.log(high / low) || 1;
  const scale = (value) => from + Math.log(value / low) / span * (to - from);
  const decades = Math.log10(high / low);
  const steps = decades > 4 ? [1] : decades > 1.2 ? [1, 2, 5] : decades > 0.5 ? [1, 1.5, 2, 3, 5, 7] : null;
  if (steps === null) {
    scale.ticks = linear(low, high, 0, 1).ticks.filter((tick) => tick > 0);
    return scale;
  }
  scale.ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) scale.ticks.push(tick);
    }
  }
  return scale;
}

function room(values, { isLog, within = [] }) {
  const all = [...values, ...within].filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  if (!all.length) return null;
  let low = Infinity, high = -Infinity;
  for (const value of all) { low = Math.min(low, value); high = Math.max(high, value); }
  if (isLog) return [low / 1.03, high * 1.03];
  const edge = (high - low || Math.abs(high) || 1) * 0.05;
  return [low >= 0 ? Math.max(0, low - edge) : low - edge, high + edge];
}
