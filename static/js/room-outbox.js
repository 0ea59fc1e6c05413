// Messages on their way: kept in this browser until the server says that it has them.
//
// One entry for each message, so that two windows do not overwrite each other's. The prefix is
// keep-draft.js's: leaving in a hurry and signing out wipe these words as well.

const KEEP_DAYS = 3; // keep-draft.js drops what is older

export class Outbox {
  #prefix;
  #fallback = new Map(); // where storage is full or switched off: for as long as the page is open

  constructor(room) {
    this.#prefix = `handrail-draft:${document.body.dataset.who}:outbox-${room}:`;
  }

  /** Keep a message under a new name; gives { cid, text, at }. */
  add(text) {
    const newest = this.all().at(-1)?.at ?? 0;
    const entry = { cid: newName(), text, at: Math.max(Date.now(), newest + 1) };
    try {
      localStorage.setItem(this.#prefix + entry.cid, JSON.stringify(entry));
    } catch {
      this.#fallback.set(entry.cid, entry);
    }
    return entry;
  }

  /** The server has it, or its author has it back. */
  remove(cid) {
    this.#fallback.delete(cid);
    try {
      localStorage.removeItem(this.#prefix + cid);
    } catch {
      // Storage is switched off: there is nothing to remove.
    }
  }

  /** What waits, in the order in which it was written. */
  all() {
    return [...this.#stored(), ...this.#fallback.values()].sort((a, b) => a.at - b.at);
  }

  #stored() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(this.#prefix))
        .map((key) => JSON.parse(localStorage.getItem(key)))
        .filter(({ at }) => Date.now() - at < KEEP_DAYS * 86_400_000);
    } catch {
      return [];
    }
  }
}

// Not randomUUID: browsers offer that over https alone, and a clinic's own network may have none.
function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
