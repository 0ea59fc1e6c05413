// Keeps what is being written in a form with data-keep="name", in this browser only, until it is saved.
//
// A draft is dropped once the server has taken the form, which it says by sending the browser on to a
// page (post, redirect, get). Leaving in a hurry (leave.js) and signing out wipe all drafts.

const PREFIX = "handrail-draft:";
const SENT = `${PREFIX}sent`; // in sessionStorage: the key of the draft whose form was sent
const KEEP_DAYS = 3; // a weekend; then words one did not send should not lie about

// Two people may share a browser: one never finds the other's words.
const keyOf = (form) => `${PREFIX}${document.body.dataset.who}:${form.dataset.keep}`;
const fieldsOf = (form) => [...form.elements].filter((field) => field.matches("textarea, input[type=text]"));

function save(form) {
  const words = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
  if (Object.values(words).some((text) => text.trim())) {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), words }));
  } else {
    localStorage.removeItem(keyOf(form));
  }
}

function restore(form) {
  const draft = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null");
  if (!draft) return;
  for (const field of fieldsOf(form)) {
    if (field.value || !draft.words[field.name]) continue; // the server's copy is newer
    field.value = draft.words[field.name];
    tell(field);
  }
}

function tell(field) {
  const line = document.createElement("p");
  line.className = "field__draft";
  line.textContent = "These are words you wrote here earlier. They are only in this browser.";
  field.after(line);
}

const drafts = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

function dropOld() {
  for (const key of drafts()) {
    const { at = 0 } = JSON.parse(localStorage.getItem(key) ?? "{}");
    if (Date.now() - at > KEEP_DAYS * 86_400_000) localStorage.removeItem(key);
  }
}

/** Drop the draft of the form that was just sent, if the server took it. */
function settleSent() {
  const sent = sessionStorage.getItem(SENT);
  if (!sent) return;
  sessionStorage.removeItem(SENT);
  const [entry] = performance.getEntriesByType("navigation");
  const wasTaken = entry.redirectCount > 0 && !location.pathname.startsWith("/sign-in");
  if (wasTaken && !document.querySelector("[data-not-saved]")) localStorage.removeItem(sent);
}

function wipe() {
  for (const key of drafts()) localStorage.removeItem(key);
}

try {
  settleSent();
  dropOld();
  for (const form of document.querySelectorAll("form[data-keep]")) {
    restore(form);
    form.addEventListener("input", () => save(form));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, keyOf(form)));
  }
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", wipe);
} catch {
  // Storage is full or switched off: the form works as it is.
}
