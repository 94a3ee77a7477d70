// Passkeys: adding one, and signing in with one. What needs them stays hidden where the browser has
// none or this file does not run: the mailed link does without. Forms come from accounts/_passkey.html.

(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  for (const part of document.querySelectorAll("[data-needs-passkeys]")) part.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.hasAttribute("aria-busy")) ask(form);
    });
    // Back to this page as it was left: it works again.
    window.addEventListener("pageshow", () => form.removeAttribute("aria-busy"));
  }

  /** Have the browser make or open a passkey, and send its answer as the form. */
  async function ask(form) {
    const said = form.querySelector("[data-said]");
    said.hidden = true;
    form.setAttribute("aria-busy", "true");
    try {
      const publicKey = await challenge(form);
      form.elements.proof.value = JSON.stringify(
        form.dataset.passkey === "create" ? await create(publicKey) : await get(publicKey),
      );
      form.submit();
    } catch (error) {
      form.removeAttribute("aria-busy");
      said.textContent = words(error, form.dataset);
      said.hidden = false;
    }
  }

  /** What to sign. The server's own words come as plain text. */
  async function challenge(form) {
    const answer = await fetch(form.dataset.challenge, { method: "POST", body: new FormData(form) });
    if (answer.ok) return answer.json();
    const isPlain = answer.headers.get("Content-Type")?.startsWith("text/plain");
    throw Object.assign(new Error(isPlain ? await answer.text() : ""), { status: answer.status });
  }

  async function create(publicKey) {
    publicKey.challenge = bytes(publicKey.challenge);
    publicKey.user.id = bytes(publicKey.user.id);
    for (const known of publicKey.excludeCredentials ?? []) known.id = bytes(known.id);
    const made = await navigator.credentials.create({ publicKey });
    return told(made, ["clientDataJSON", "attestationObject"]);
  }

  async function get(publicKey) {
    publicKey.challenge = bytes(publicKey.challenge);
    const found = await navigator.credentials.get({ publicKey });
    return told(found, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
  }

  /** Written out by hand: password managers put objects in place that know no toJSON(). */
  function told(credential, names) {
    const response = {};
    for (const name of names) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
  }

  function words(error, said) {
    if (error.status === 429) return said.saidBusy;
    if (error.status) return error.message || said.saidFailed;
    if (error.name === "InvalidStateError") return said.saidKnown;
    return error.name === "NotAllowedError" || error.name === "AbortError" ? said.saidStopped : said.saidFailed;
  }

  // Base64 as addresses have it, to bytes and back.

  function bytes(words64) {
    const plain = atob(words64.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }
})();
