// Runs before the first paint, so it is small and waits for nothing: puts what the reader chose
// (reading-comfort) on the page as data attributes. A page without it is whole.

(() => {
  const root = document.documentElement;
  root.dataset.scripts = "";
  try {
    const chosen = JSON.parse(localStorage.getItem("kith.comfort")) ?? {};
    for (const key of ["text", "space", "letters", "theme", "contrast"]) {
      if (chosen[key]) root.dataset[key] = chosen[key];
    }
    if (localStorage.getItem("kith.saved")?.includes('"e":')) root.dataset.saved = "";
  } catch {
    // No storage, or something else's: the page as it was made.
  }
})();
