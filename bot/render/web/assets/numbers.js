// Owns how scripts write numbers, as `bot.core.units` does: three digits and a unit that fits.

const SCALES = {
  seconds: [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]],
  bytes: [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]],
};

const rounded = (value) => Number(value.toPrecision(3));
const whole = (value) => String(Math.round(value));

function digits(value) {
  const size = rounded(Math.abs(value)), sign = value < 0 ? "−" : "";
  if (size === 0) return "0";
  if (size >= 1e6 || size < 1e-3) return sign + size.toExponential(2).replace("e+", "e");
  return sign + size.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size))));
}

function quantity(value, unit) {
  const scales = SCALES[unit === "seconds" ? "seconds" : "bytes"];
  if (value === 0) return `0 ${scales.at(unit === "seconds" ? 0 : -1)[1]}`;
  const starts = ([scale], at) => Math.min(1, rounded(1000 * (scales[at + 1]?.[0] ?? scale) / scale));
  const [scale, name] = scales.find((each, at) => rounded(Math.abs(value) / each[0]) >= starts(each, at)) || scales.at(-1);
  return `${digits(value / scale)} ${name}`;
}

const ratio = (value) => `×${digits(value)}`;

function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

const sorted = (values) => [...values].sort((one, other) => one - other);
const median = (values) => quantile(sorted(values), 0.5);

function say(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
