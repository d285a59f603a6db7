// Owns the map of cases and versions: which metric it shows, and the arrow keys in it.

function setUpMap() {
  const chosen = byId("map-metric");
  if (!chosen) return;
  const maps = [...document.querySelectorAll(".map")];
  const show = () => maps.forEach((map, index) => { map.hidden = index !== Number(chosen.value); });
  chosen.addEventListener("change", show);
  maps.forEach(rove);
  show();
}

// One stop of the Tab key for the whole map: inside, the arrows move.
function rove(map) {
  const links = [...map.querySelectorAll("td a")];
  links.forEach((link, index) => { link.tabIndex = index ? -1 : 0; });
  map.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step || event.target.tagName !== "A") return;
    event.preventDefault();
    const next = neighbour(event.target.closest("td"), step);
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

function neighbour(place, [down, right]) {
  let at = place;
  while (at) {
    const row = down ? (down > 0 ? at.parentElement.nextElementSibling : at.parentElement.previousElementSibling) : at.parentElement;
    at = row && row.children[at.cellIndex + right];
    const link = at && at.querySelector("a");
    if (link) return link;
  }
  return null;
}
