// Offers to read the page aloud with a voice of this device. Voices that would send the words
// elsewhere are not used; where the device has none, nothing of this is shown.

(() => {
  const synth = window.speechSynthesis;
  const template = document.getElementById("listen-bar");
  if (!synth || !template || !window.SpeechSynthesisUtterance) return;

  const language = document.documentElement.lang || "en-GB";
  let voice = null;

  offer();
  synth.addEventListener?.("voiceschanged", offer);
  document.addEventListener("kith:listen", offer); // the panel of text and colours came later
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-listen]");
    if (!button || !voice) return;
    // What reads is fetched when it is asked for: most visitors never do.
    const reader = await import(template.dataset.reader);
    reader.start(button, voice);
  });

  /** Show the buttons once there is a voice of our own language. */
  function offer() {
    const own = synth.getVoices().filter((one) => one.localService);
    const speaks = (one, tag) => one.lang.replace("_", "-").toLowerCase().startsWith(tag);
    voice =
      own.find((one) => speaks(one, language.toLowerCase())) ??
      own.find((one) => speaks(one, language.slice(0, 2).toLowerCase())) ??
      null;
    for (const button of document.querySelectorAll("[data-listen]")) {
      button.hidden = !voice;
      const place = button.closest("[data-listen-place]");
      if (place) place.hidden = !voice;
    }
  }
})();
