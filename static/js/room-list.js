// The messages on the page: each drawn at its number, replaced when it comes again.
//
// Drawn from the page's own <template>s and from the pieces that the server sends, with
// textContent alone: nothing that anybody writes is ever read as HTML.

import { showLocalTimes } from "./local-time.js";

const NEAR_PX = 80; // one who is this near to the end reads along
const MOST = 500; // messages on one page; older ones are a link away
const FULL = 50; // messages of a whole page: with fewer there is no older page to leave one to

export class MessageList {
  #frame;
  #list;
  #newer;
  #none;
  #patterns;

  constructor(frame) {
    this.#frame = frame;
    this.#list = frame.querySelector("#messages");
    this.#newer = frame.querySelector("#room-newer");
    this.#none = frame.querySelector("#room-none");
    this.#patterns = ["own-message", "other-message"].map((id) => document.getElementById(id).content);
    frame.classList.add("room-frame--live");
    this.#newer.addEventListener("click", () => this.toEnd());
    this.#list.addEventListener("scroll", () => this.#isAtEnd() && (this.#newer.hidden = true), { passive: true });
    if (!location.hash.startsWith("#message-")) this.toEnd();
  }

  /** Forget every message that the server sent; those on their way stay. */
  clear() {
    for (const item of this.#list.querySelectorAll("[data-id]")) item.remove();
  }

  /** Show a message as it is now; true when it was not on the page before. */
  show(message) {
    const old = this.#at(message.seq);
    const wasAtEnd = this.#isAtEnd();
    const item = this.#draw(message);
    if (old) {
      old.replaceWith(item);
      return false;
    }
    const items = [...this.#list.querySelectorAll("[data-id]")];
    if (items.length >= FULL && message.seq < Number(items[0].dataset.id)) return false;
    const next = items.find((one) => Number(one.dataset.id) > message.seq);
    this.#list.insertBefore(item, next ?? this.#list.querySelector("[data-cid]"));
    this.#none.hidden = true;
    this.#trim(items);
    this.#follow(wasAtEnd);
    return true;
  }

  /** Show one's own words that are on their way. */
  waiting({ cid, text }) {
    const wasAtEnd = this.#isAtEnd();
    const item = this.#draw({ message: 0, seq: 0, author: this.#frame.dataset.me, badge: "", state: "shown", at: new Date().toISOString(), words: [["text", text]] });
    item.removeAttribute("id");
    delete item.dataset.id;
    item.dataset.cid = cid;
    item.classList.add("message--waiting");
    item.querySelector(".message__actions").replaceChildren(Object.assign(document.createElement("span"), { className: "message__state" }));
    this.#list.append(item);
    this.#none.hidden = true;
    this.say(cid, "Sending…");
    this.#follow(wasAtEnd || document.activeElement?.form?.id === "write");
  }

  /** Say in words how it stands with words on their way. */
  say(cid, words) {
    const state = this.#of(cid)?.querySelector(".message__state");
    if (state && state.textContent !== words) state.textContent = words;
  }

  /** They have arrived, as message `seq`, or have gone back to their author. */
  settle(cid, seq) {
    const item = this.#of(cid);
    if (!item) return;
    if (seq === null || this.#at(seq)) {
      item.remove();
      return;
    }
    // Its own frame is about to come and to replace it.
    item.classList.remove("message--waiting");
    item.querySelector(".message__state").textContent = "";
    delete item.dataset.cid;
    item.dataset.id = seq;
  }

  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#newer.hidden = true;
  }

  #draw({ message, seq, author, badge, at, edited, state, words }) {
    const isOwn = author === this.#frame.dataset.me && author !== "";
    const item = document.importNode(this.#patterns[isOwn ? 0 : 1], true).querySelector(".message");
    item.id = `message-${seq}`;
    item.dataset.id = seq;
    item.querySelector(".message__author").textContent = author;
    fill(item.querySelector(".badge"), badge);
    item.querySelector("time").dateTime = at;
    showLocalTimes(item);
    const actions = item.querySelector(".message__actions");
    fill(actions.querySelector(".message__state"), edited ? "edited" : "");
    const about = actions.querySelector("summary .unseen");
    if (about) about.textContent = ` about message ${seq}`;
    for (const link of actions.querySelectorAll("a")) {
      link.href = link.getAttribute("href").replace("MESSAGE", message);
    }
    if (words.some(([kind]) => kind === "mask")) actions.querySelector("[href$='/edit']")?.remove();
    if (state === "shown") {
      item.querySelector(".message__words").replaceChildren(...words.map(pieceOf));
    } else {
      const hidden = Object.assign(document.createElement("p"), { className: "message__hidden", textContent: this.#frame.dataset[state] });
      item.classList.add("message--hidden");
      item.querySelector(".message__body").replaceWith(hidden);
      actions.remove();
    }
    return item;
  }

  #at(seq) {
    return this.#list.querySelector(`[data-id="${Number(seq)}"]`);
  }

  #of(cid) {
    return this.#list.querySelector(`[data-cid="${CSS.escape(cid)}"]`);
  }

  #isAtEnd() {
    return this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < NEAR_PX;
  }

  #follow(wasAtEnd) {
    if (wasAtEnd) this.toEnd();
    else this.#newer.hidden = false;
  }

  #trim(items) {
    if (items.length >= MOST && this.#isAtEnd()) items[0].remove();
  }
}

function fill(element, words) {
  if (words) element.textContent = words;
  else element?.remove();
}

function pieceOf([kind, words]) {
  if (kind === "link" && /^https?:\/\//.test(words)) {
    return Object.assign(document.createElement("a"), { href: words, rel: "nofollow ugc noopener", textContent: words });
  }
  if (kind === "mask") {
    return Object.assign(document.createElement("span"), { className: "mask", textContent: words });
  }
  return document.createTextNode(words);
}
