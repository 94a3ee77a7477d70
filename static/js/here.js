// "Use where I am": asks the browser, and only when it is clicked. Without this a place is typed.
const line = document.querySelector(".search-bar__here");
if (line && navigator.geolocation && window.isSecureContext) offerHere(line);

function offerHere(line) {
  const button = line.querySelector("button");
  const status = line.querySelector("[role=status]");
  const near = document.getElementById("near");
  line.hidden = false;

  button.addEventListener("click", () => {
    if (button.getAttribute("aria-busy") === "true") return;
    say(button.dataset.busy, true);
    navigator.geolocation.getCurrentPosition(
      (found) => look(found.coords),
      () => say(button.dataset.failed),
      { timeout: 15000, maximumAge: 600000 },
    );
  });

  async function look({ latitude, longitude }) {
    // About a kilometre: nobody needs to know the house.
    const point = new URLSearchParams({ lat: latitude.toFixed(2), lon: longitude.toFixed(2) });
    const answer = await fetch(`/search/here?${point}`).catch(() => null);
    const place = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!place) return say(answer?.status === 404 ? button.dataset.unknown : button.dataset.failed);
    say("");
    near.value = place.near;
    near.form.requestSubmit();
  }

  function say(words, busy = false) {
    status.textContent = words;
    button.setAttribute("aria-busy", String(busy));
  }
}
