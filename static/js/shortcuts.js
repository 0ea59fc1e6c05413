// Keys for those who want them: an element with data-key="c" is pressed by c, a <details> opens.
//
// Only on a page that lists its keys (ui.keys), and the list can turn them off for this browser
// (WCAG 2.1.4). Never while a field has the focus or another key is held, so that writing and the
// reader's own software are not disturbed.

const FIELDS = "input, textarea, select, [contenteditable]";
const OFF = "handrail-keys-off";
const list = document.querySelector(".keys");

function isOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // storage is switched off, so nobody can have turned them off either
  }
}

function offerSwitch() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  const draw = () => {
    button.textContent = isOff() ? "Turn these keys on" : "Turn these keys off";
  };
  button.addEventListener("click", () => {
    if (isOff()) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
    draw();
  });
  draw();
  list.append(button);
}

function press(element) {
  if (element instanceof HTMLDetailsElement) {
    element.open = !element.open;
    if (element.open) element.querySelector("summary").focus();
  } else {
    element.focus();
    element.click();
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest?.(FIELDS) || isOff()) return;
  const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!element || element.closest("[hidden]")) return;
  event.preventDefault();
  press(element);
}

if (list) {
  offerSwitch();
  addEventListener("keydown", onKey);
}
