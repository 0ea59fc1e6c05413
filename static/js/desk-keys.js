// Keys of the desk: j and k walk along the cases, c claims the one you stand on, Enter opens it.
// The list of keys on the page can turn them off (shortcuts.js keeps that choice).

const FIELDS = "input, textarea, select, button, a, summary, [contenteditable]";
const rows = () => [...document.querySelectorAll("#desk .queue__row")];
const current = () => document.querySelector("#desk [aria-current=true]");

function isOff() {
  try {
    return localStorage.getItem("handrail-keys-off") !== null;
  } catch {
    return false;
  }
}

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at === -1 ? 0 : at + step))];
  current()?.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector(".queue__title").focus({ preventScroll: true });
}

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  c: () => current()?.querySelector("[data-claim]")?.click(),
  Enter: () => current()?.querySelector(".queue__title").click(),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isOff()) return;
  const field = event.target.closest?.(FIELDS);
  const onTitle = field?.classList.contains("queue__title");
  if (field && !onTitle) return;
  if (onTitle && event.key === "Enter") return; // the link opens itself
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
