// Owns the view of one case: its cells, and every figure that its samples give.

const MOST_ARMS = 6;
let shownArms = null;
let returnTo = null;
const chosen = {}; // by label: what was chosen stays when arms or the case change

function setUpDetail() {
  window.addEventListener("hashchange", route);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#case="]');
    if (link && !byId("all").hidden) returnTo = { link, top: window.scrollY };
  });
  route();
}

function route() {
  const asked = /^#case=(.*)$/.exec(location.hash);
  byId("all").hidden = Boolean(asked);
  byId("detail").hidden = !asked;
  if (asked) {
    show(decoded(asked[1]));
  } else if (location.hash === "#all-cases") {
    goBack();
  } else if (location.hash) {
    byId(location.hash.slice(1))?.scrollIntoView();
  }
}

// An address that somebody cut short is still an address.
function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function goBack() {
  const { link, top } = returnTo ?? { link: byId("content"), top: 0 };
  window.scrollTo({ top });
  link.focus({ preventScroll: true });
  returnTo = null;
}

function show(name) {
  const heading = html("h2", { tabindex: "-1" }, html("code", {}, name));
  const place = byId("detail");
  place.replaceChildren(steps(name), heading);
  if (FIGURES.cases.includes(name)) place.append(...parts(name));
  else place.append(html("p", { class: "note" }, WORDS.unknown));
  window.scrollTo({ top: 0 });
  heading.focus({ preventScroll: true });
}

function steps(name) {
  const at = FIGURES.cases.indexOf(name);
  const to = (text, other) => (other ? html("a", { href: `#case=${encodeURIComponent(other)}`, title: other }, text) : null);
  const back = html("a", { href: "#all-cases" }, `← ${WORDS.close}`);
  const others = at < 0 ? [] : [to(WORDS.previous, FIGURES.cases[at - 1]), to(WORDS.next, FIGURES.cases[at + 1])];
  return html("p", { class: "tools" }, back, ...others);
}

function parts(name) {
  const drawn = html("div", {});
  return [
    copied(WORDS.cells, "#cell-table", (row) => row.children[1].textContent.trim() === name, "cells"),
    drawnFor(name, drawn),
    drawn,
    copied(WORDS.numerics, "#grid-results table", (row) => row.dataset.case === name),
    copied(WORDS.counters, "#grid-counters table", (row) => row.dataset.case === name),
    logs(name),
  ].filter(Boolean);
}

function part(title, content) {
  return html("section", {}, html("h3", {}, title), content);
}

function copied(title, selector, isWanted, kind = "") {
  const table = document.querySelector(selector);
  const wanted = table ? [...table.tBodies[0].rows].filter(isWanted) : [];
  if (!wanted.length) return null;
  const copy = html("table", { class: kind }, table.tHead.cloneNode(true), html("tbody", { style: table.tBodies[0].getAttribute("style") }));
  for (const button of copy.querySelectorAll("thead button")) button.replaceWith(...button.childNodes);
  for (const head of copy.tHead.querySelectorAll("th")) head.removeAttribute("aria-sort");
  copy.tBodies[0].append(...wanted.map((row) => { const its = row.cloneNode(true); its.hidden = false; return its; }));
  return part(title, html("div", { class: "wide", tabindex: "0", role: "region", "aria-label": title }, copy));
}

function logs(name) {
  const found = [...document.querySelectorAll("#failures ~ .log")].filter((log) => [name, ""].includes(log.dataset.case));
  if (!found.length) return null;
  const copies = found.map((log) => log.cloneNode(true));
  copies.forEach((log) => log.querySelector("details")?.setAttribute("open", ""));
  return part(WORDS.failures, html("div", {}, ...copies));
}

// The legend, with which the figures are drawn again.
function drawnFor(name, place) {
  const details = FIGURES.details, found = details?.cases[name];
  if (!found) return details ? html("p", { class: "note" }, WORDS.noSamples) : null;
  const present = details.arms.map((_, arm) => arm).filter((arm) => found.blocks.some((block) => block.parts[arm]));
  shownArms ??= new Set(chosenAtFirst(details.arms));
  const draw = () => place.replaceChildren(...drawings(name, found, present.filter((arm) => shownArms.has(arm))));
  const boxes = present.map((arm) => {
    const box = html("input", { type: "checkbox", checked: shownArms.has(arm) });
    box.addEventListener("change", () => { shownArms[box.checked ? "add" : "delete"](arm); draw(); });
    return html("label", {}, box, key(arm), details.arms[arm].name);
  });
  draw();
  return html("fieldset", { class: "legend" }, html("legend", {}, WORDS.arms), ...boxes);
}

function chosenAtFirst(arms) {
  const candidates = arms.map((_, arm) => arm).filter((arm) => arms[arm].role === "candidate");
  const others = arms.map((_, arm) => arm).filter((arm) => arms[arm].role !== "candidate");
  const number = Math.min(MOST_ARMS, candidates.length), step = (candidates.length - 1) / Math.max(1, number - 1);
  return [...others, ...Array.from({ length: number }, (_, index) => candidates[Math.round(index * step)])];
}

function drawings(name, found, arms) {
  const first = html("div", { class: "panels" }, ...[everyBlock(name, found, arms), spread(found, arms), samples(found, arms), warmUp(found, arms)].filter(Boolean));
  const sizes = barsOf(name, found, arms);
  const last = sizes.length ? [html("h3", {}, WORDS.sizes), html("p", { class: "small" }, WORDS.sizesSay), html("div", { class: "panels" }, ...sizes)] : [];
  return [first, ...last];
}

const armName = (arm) => FIGURES.details.arms[arm].name;

function chooser(label, options, draw) {
  const field = html("select", {}, ...options.map(([value, text]) => html("option", { value }, text)));
  const place = html("div", {});
  const redraw = () => place.replaceChildren(...[draw(field.value)].filter(Boolean));
  if (options.some(([value]) => String(value) === chosen[label])) field.value = chosen[label];
  field.addEventListener("change", () => { chosen[label] = field.value; redraw(); });
  redraw();
  return html("div", {}, html("p", { class: "tools" }, html("label", {}, label, field)), place);
}

function everyBlock(name, found, arms) {
  const metrics = Object.keys(found.ratios);
  if (!metrics.length) return null;
  return chooser(WORDS.metric, metrics.map((metric) => [metric, FIGURES.metrics[metric].label]), (metric) => {
    const { scale, unit } = FIGURES.metrics[metric], isLog = scale === "ratio";
    const threshold = FIGURES.thresholds[name]?.[metric];
    return lines({
      title: `${WORDS.ratios}: ${FIGURES.metrics[metric].label}`, says: WORDS.ratiosSay, isLog, one: isLog ? 1 : 0,
      band: threshold === undefined ? null : isLog ? [1 / (1 + threshold), 1 + threshold] : [-threshold, threshold],
      write: isLog ? ratio : (value) => quantity(value, unit), xLabel: WORDS.block,
      series: arms.filter((arm) => found.ratios[metric][arm]).map((arm) => ({ arm, name: armName(arm), points: found.ratios[metric][arm] })),
    });
  });
}

const seconds = (value) => quantity(value, "seconds");

function samples(found, arms) {
  const kept = found.blocks.filter((block) => Object.values(block.parts).some((its) => its.r));
  if (!kept.length) return null;
  return chooser(WORDS.block, kept.map((block, index) => [index, String(block.block)]), (index) => lines({
    title: WORDS.samples, says: WORDS.samplesSay, isLog: true, write: seconds, xLabel: WORDS.round,
    series: arms.filter((arm) => kept[index].parts[arm]?.r).map((arm) => ({
      arm, name: armName(arm), points: kept[index].parts[arm].r.map((value, round) => [round + 1, value]),
    })),
  }));
}

function warmUp(found, arms) {
  const series = arms.map((arm) => {
    const told = found.blocks.map((block) => block.parts[arm]?.w).filter(Boolean);
    const longest = Math.max(0, ...told.map((calls) => calls.length));
    const points = Array.from({ length: longest }, (_, call) => [call + 1, median(told.filter((calls) => calls.length > call).map((calls) => calls[call]))]);
    return { arm, name: armName(arm), points };
  });
  return lines({ title: WORDS.warmUp, says: WORDS.warmUpSay, series, isLog: true, write: seconds, xLabel: WORDS.call });
}

function spread(found, arms) {
  const thinned = FIGURES.details.every > 1 ? ` ${say(WORDS.thinned, { n: FIGURES.details.every })}` : "";
  const values = (arm) => found.blocks.flatMap((block) => block.parts[arm]?.r || []);
  return boxes({ title: WORDS.spread, says: WORDS.spreadSay + thinned, write: seconds, rows: arms.map((arm) => ({ arm, name: armName(arm), values: values(arm) })) });
}

function barsOf(name, found, arms) {
  const imports = name === "import" ? null : FIGURES.details.cases.import;
  const own = barsOfMetrics(found, arms, ["peak_rss", "device_memory", "first_call", "build", "wall", "cpu", "import", "import_rss"]);
  return [...own, ...(imports ? barsOfMetrics(imports, arms, ["import", "import_rss"]) : [])];
}

function barsOfMetrics(found, arms, metrics) {
  const baseline = FIGURES.details.arms.findIndex(({ role }) => role === "baseline");
  return metrics.map((metric) => {
    const typical = (arm) => median(found.blocks.map((block) => block.parts[arm]?.v[metric]).filter(Number.isFinite));
    return bars({
      title: FIGURES.metrics[metric].label, write: (value) => quantity(value, FIGURES.metrics[metric].unit),
      rows: arms.map((arm) => ({ arm, name: armName(arm), value: typical(arm) })), one: typical(baseline),
    });
  }).filter(Boolean);
}

function setUpMachine() {
  const told = FIGURES.details?.machine || [];
  const points = (name, factor) => told.filter((each) => each[name] !== null).map((each) => [each.block, factor * each[name]]);
  const shares = ["stolen", "others", "queued"].map((name, index) => ({ arm: index + 2, name: WORDS[name], points: points(name, 100) }));
  const figures = [
    lines({ title: `${WORDS.machine}: ${WORDS.share}`, says: "", series: shares, write: digits, xLabel: WORDS.block }),
    lines({ title: `${WORDS.machine}: ${WORDS.mhz}`, says: "", series: [{ arm: 0, name: WORDS.mhz, points: points("mhz", 1) }], write: whole, xLabel: WORDS.block }),
  ].filter(Boolean);
  if (figures[0]) figures[0].querySelector("svg").before(html("p", { class: "legend" }, ...shares.filter((each) => each.points.length).map((each) => html("span", {}, key(each.arm), ` ${each.name}`))));
  byId("machine-figure").append(html("div", { class: "panels" }, ...figures));
}
