// Buttons that copy the line above them. Where the browser does not let us (pages without https), the
// line is selected, so that one keystroke copies it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copies]");
  if (!button) return;
  const line = document.getElementById(button.dataset.copies);
  const status = button.nextElementSibling;
  try {
    await navigator.clipboard.writeText(line.textContent);
    status.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(line);
    status.textContent = button.dataset.selected;
  }
});
