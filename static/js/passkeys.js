/* Passkeys: the ceremony of the browser around a form that posts its outcome.
   <form data-passkey="login|use|add"> holds an input named `credential`; the options come from
   #passkey-options, or for "login" from a GET of the form's own address. */

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const descriptors = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

function creation({ publicKey }, alone) {
  const selection = { ...publicKey.authenticatorSelection };
  selection.residentKey = alone ? "required" : "discouraged";
  selection.requireResidentKey = alone;
  if (alone) selection.userVerification = "required";
  return {
    publicKey: {
      ...publicKey,
      authenticatorSelection: selection,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: descriptors(publicKey.excludeCredentials),
    },
  };
}

function request({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: descriptors(publicKey.allowCredentials),
    },
  };
}

function answer(credential) {
  const { response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = toText(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response: parts,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function options(form) {
  if (form.dataset.passkey !== "login") {
    return JSON.parse(document.getElementById("passkey-options").textContent);
  }
  const reply = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error("no options");
  return reply.json();
}

async function ceremony(form) {
  const given = await options(form);
  if (form.dataset.passkey === "add") {
    return navigator.credentials.create(creation(given.creation_options, form.elements.passwordless.checked));
  }
  return navigator.credentials.get(request(given.request_options));
}

function complain(form, reason) {
  const place = form.querySelector("[role=alert]");
  place.textContent = place.dataset[reason];
  place.hidden = false;
}

document.querySelectorAll("form[data-passkey]").forEach((form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) { complain(form, "unsupported"); return; }
    try {
      form.elements.credential.value = answer(await ceremony(form));
    } catch (error) {
      complain(form, error.name === "InvalidStateError" ? "known" : "refused");
      return;
    }
    const shared = document.querySelector("input[type=checkbox][name=shared]");
    if (form.elements.shared && shared) form.elements.shared.value = shared.checked ? "on" : "";
    form.submit();
  });
});
