// Runs before the first paint, so it is small and waits for nothing. A page without it is whole.

document.documentElement.dataset.scripts = "";
