// Owns light and dark: what the system says, until somebody chooses.

function setUpTheme() {
  const root = document.documentElement, remembered = recall();
  if (remembered) root.dataset.theme = remembered;
  byId("theme").addEventListener("click", () => {
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    remember(root.dataset.theme);
  });
}

// A page opened as a file may be denied a memory: then it forgets, and works.
function recall() {
  try { return localStorage.getItem("tfperf-theme"); } catch { return null; }
}

function remember(theme) {
  try { localStorage.setItem("tfperf-theme", theme); } catch { /* as above */ }
}
