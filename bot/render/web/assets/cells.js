// Owns the table of all cells: sorting by its headings, searching, choosing.

const rows = [...document.querySelectorAll("#cell-table tbody tr")].map((row, urgency) => {
  const { k: kind, r, b, a, n } = row.dataset;
  const text = (index) => row.children[index].textContent.trim();
  return {
    row, kind, urgency, ratio: Number(r), before: Number(b), after: Number(a), blocks: Number(n),
    case: text(1), metric: text(2), version: text(3),
  };
});
const FIELDS = { kind: byId("by-kind"), metric: byId("by-metric"), version: byId("by-version") };
const search = byId("search");

function applyFilter() {
  const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const each of rows) {
    const fits = Object.entries(FIELDS).every(([name, field]) => !field.value || each[name] === field.value);
    const isShown = fits && (!wanted.length || contains(each, wanted));
    each.row.hidden = !isShown;
    shown += isShown;
  }
  byId("shown").textContent = say(WORDS.shown, { n: shown, all: rows.length });
  byId("none").hidden = shown > 0;
}

function contains(each, wanted) {
  each.text ??= [0, 1, 2, 3].map((index) => each.row.children[index].textContent).join(" ").toLowerCase();
  return wanted.every((word) => each.text.includes(word));
}

function sortBy(heading) {
  const field = heading.dataset.by, wasAscending = heading.getAttribute("aria-sort") === "ascending";
  const startsHigh = field === "ratio" && !heading.hasAttribute("aria-sort");
  const isAscending = !wasAscending && !startsHigh;
  for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
  const sign = isAscending ? 1 : -1;
  rows.sort((one, other) => sign * compare(one[field], other[field]));
  document.querySelector("#cell-table tbody").append(...rows.map((each) => each.row));
}

const collator = new Intl.Collator("en", { numeric: true });
const compare = (one, other) => (typeof one === "number" ? one - other : collator.compare(one, other));

function setUpCells() {
  for (const heading of document.querySelectorAll("#cell-table th[data-by]")) {
    const button = html("button", { type: "button" }, ...heading.childNodes);
    button.addEventListener("click", () => sortBy(heading));
    heading.append(button);
  }
  const form = byId("filter");
  form.addEventListener("input", applyFilter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(applyFilter));
  for (const link of document.querySelectorAll(".counts a")) {
    link.addEventListener("click", () => {
      form.reset();
      FIELDS.kind.value = link.dataset.kind;
      setTimeout(applyFilter);
    });
  }
  applyFilter();
}
