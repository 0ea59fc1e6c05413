// Leave this page, at once: by the link, or by Shift three times in a row.
//
// A plain script in the head, not a module: it must work while the rest of the page still loads,
// and must blank a page that Back brings up before it is painted. Without scripts the link itself
// leads away.
(() => {
  const LEFT = "handrail-left"; // for this tab only: we left, Back must not show the pages before
  const DRAFTS = "handrail-draft:"; // the prefix that keep-draft.js writes under
  const SHIFT_WINDOW_MS = 3000; // three calm presses fit; a pause between two sentences does not
  const SHIFT_TIMES = 3;
  const NEUTRAL = "https://www.wikipedia.org/"; // only until the page's own link has been read

  function blank() {
    document.documentElement.classList.add("is-left");
    document.title = "\u200b"; // invisible, since browsers show the address in place of an empty title
  }

  function wipeDrafts() {
    for (const store of [localStorage, sessionStorage]) {
      for (const key of Object.keys(store)) {
        if (key.startsWith(DRAFTS)) store.removeItem(key);
      }
    }
  }

  function place() {
    return document.querySelector("[data-leave]")?.href ?? sessionStorage.getItem(LEFT) ?? NEUTRAL;
  }

  // The server asks who it is before it shows this session again. A guest has nothing to lock.
  function lock() {
    const token = document.querySelector("input[name=csrf]")?.value;
    if (token) navigator.sendBeacon("/leave", new URLSearchParams({ csrf: token }));
  }

  function leave() {
    const away = place();
    blank();
    try {
      wipeDrafts();
      sessionStorage.setItem(LEFT, away);
    } catch {
      // Storage can be switched off; leaving matters more than tidying.
    }
    lock();
    location.replace(away);
  }

  function cameBack(event) {
    const entry = performance.getEntriesByType("navigation")[0];
    return event?.persisted || entry?.type === "back_forward";
  }

  function stayAway(event) {
    let away = null;
    try {
      away = sessionStorage.getItem(LEFT);
      if (away && !cameBack(event)) sessionStorage.removeItem(LEFT); // came on purpose: all is as before
    } catch {
      return;
    }
    if (away && cameBack(event)) {
      blank();
      location.replace(away);
    }
  }

  let presses = [];
  function countShift(event) {
    if (event.key !== "Shift") {
      presses = []; // a capital letter is not a wish to leave
      return;
    }
    if (event.repeat) return;
    presses = [...presses.filter((at) => event.timeStamp - at < SHIFT_WINDOW_MS), event.timeStamp];
    if (presses.length >= SHIFT_TIMES) leave();
  }

  stayAway();
  addEventListener("pageshow", (event) => event.persisted && stayAway(event));
  addEventListener("keydown", countShift, true);
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-leave]")) return;
    event.preventDefault();
    leave();
  }, true);
})();
