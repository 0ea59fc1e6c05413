// Keys for those who want them: an element with data-key="c" is pressed by c, a <details> opens.
//
// Only while no field has the focus and no other key is held, so that writing and the
// reader's own software are never disturbed (WCAG 2.1.4: the page lists its keys under "?").

const FIELDS = "input, textarea, select, [contenteditable]";

function press(element) {
  if (element instanceof HTMLDetailsElement) {
    element.open = !element.open;
    if (element.open) element.querySelector("summary").focus();
  } else {
    element.focus();
    element.click();
  }
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest?.(FIELDS)) return;
  const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!element || element.closest("[hidden]")) return;
  event.preventDefault();
  press(element);
});
