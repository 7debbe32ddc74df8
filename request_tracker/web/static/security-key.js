// Security keys (WebAuthn): the page's options in, the key's answer out, sent by the page's own form. Asks no server.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

function request(options, kind) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (kind === "create") {
    asked.user = { ...options.user, id: bytes(options.user.id) };
    asked.excludeCredentials = keys(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: asked });
  }
  asked.allowCredentials = keys(options.allowCredentials);
  return navigator.credentials.get({ publicKey: asked });
}

function said(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) {
      response[part] = text(credential.response[part]);
    }
  }
  const id = text(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response, clientExtensionResults: {} });
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-key]") : []) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    const answer = form.elements.answer;
    if (answer.value) {
      return;
    }
    event.preventDefault();
    try {
      answer.value = said(await request(JSON.parse(form.dataset.options), form.dataset.key));
      form.submit();
    } catch (error) {
      form.querySelector("[role=alert]").hidden = false;
    }
  });
}
