// The case page: keeps the lease while somebody is at work, keeps the draft on the server for
// whoever comes next, and copies a letter into the box.

const KEEP_MS = 30_000; // well within the shortest lease warning of ten minutes
const form = document.getElementById("answer");
const box = form?.querySelector("textarea");
const said = document.getElementById("case-live");
const csrf = form?.querySelector("input[name=csrf]").value;
let active = false;

for (const kind of ["keydown", "pointerdown", "scroll"]) {
  addEventListener(kind, () => (active = true), { passive: true });
}

async function keep() {
  if (!active || !form.dataset.keepLease) return;
  active = false;
  const body = new URLSearchParams({ text: box.value });
  const headers = { "x-csrf": csrf, accept: "application/json" };
  try {
    const answer = await fetch(form.dataset.keepLease, { method: "POST", body, headers });
    if (answer.ok) {
      said.textContent = "";
      return;
    }
    const { advice } = await answer.json();
    said.textContent = advice;
  } catch {
    said.textContent = "Your draft could not be kept just now. It is still in the box.";
  }
  active = true; // try again next time
}

function offerLetters() {
  for (const letter of document.querySelectorAll("[data-letter]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = "Put this into the box";
    button.addEventListener("click", () => {
      const text = letter.querySelector("[data-letter-text]").textContent;
      box.value = box.value.trim() ? `${box.value.trimEnd()}\n\n${text}` : text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    });
    letter.append(button);
  }
}

if (form) {
  offerLetters();
  if (form.dataset.keepLease) setInterval(keep, KEEP_MS);
}
