// Owns the start, the keys that work everywhere, and what can be saved.

function save(name, kind, text) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = html("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// A spreadsheet would calculate what begins like a formula.
function field(value) {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const table = (lines) => `${lines.map((line) => line.map(field).join(",")).join("\r\n")}\r\n`;

function cellLines() {
  const heads = ["verdict", "case", "metric", "version", "baseline", "candidate", "ratio", "difference", "low", "high", "blocks", "unit", "reason"];
  const cells = JSON.parse(byId("report-data").textContent).cells;
  return [heads, ...cells.map((cell) => [cell.verdict, cell.case, cell.metric, cell.candidate, cell.baseline_value, cell.candidate_value, cell.ratio, cell.difference, ...cell.interval, cell.blocks, cell.unit, cell.reason])];
}

function* sampleLines() {
  yield ["case", "block", "arm", "what", "number", "seconds"];
  for (const [name, { blocks }] of Object.entries(FIGURES.details.cases)) {
    for (const { block, parts: told } of blocks) {
      for (const [arm, { r = [], w = [] }] of Object.entries(told)) {
        for (const [index, value] of w.entries()) yield [name, block, armName(arm), "warm-up", index, value];
        for (const [index, value] of r.entries()) yield [name, block, armName(arm), "round", index, value];
      }
    }
  }
}

function setUpKeys() {
  // Without this, its address would close a case that is open.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("content").focus();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!byId("detail").hidden) location.hash = "#cells";
      setTimeout(() => search.focus());
    } else if (event.key === "Escape" && !byId("detail").hidden) {
      location.hash = "#all-cases";
    }
  });
}

setUpTheme();
setUpCells();
setUpMap();
setUpDetail();
setUpMachine();
setUpKeys();
byId("save-report").addEventListener("click", () => save("report.json", "application/json", byId("report-data").textContent));
byId("save-cells").addEventListener("click", () => save("cells.csv", "text/csv", table(cellLines())));
byId("save-samples")?.addEventListener("click", () => save("samples.csv", "text/csv", table([...sampleLines()])));
