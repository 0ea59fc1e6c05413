// A live room: joins its parts. Without this script the page is a form and a list.

import { showLocalTimes } from "./local-time.js";
import { Line } from "./room-line.js";
import { MessageList } from "./room-list.js";
import { Outbox } from "./room-outbox.js";
import { Voice } from "./room-voice.js";

const ACK_MS = 15_000; // no answer for so long: send it again, under the same name
const WAITS = "Waiting for the connection. It is kept in this browser.";

const frame = document.getElementById("room-frame");
const form = document.getElementById("write");
const told = document.getElementById("room-line");
const people = document.getElementById("room-people");
const { base, room, me } = frame.dataset;

const outbox = new Outbox(room);
const list = new MessageList(frame);
const voice = new Voice(document.getElementById("room-voice"));
let isLive = false; // past the replay: what comes now is new
let sending = null; // the cid that waits for its answer
let timer = null;

// -- hearing -----------------------------------------------------------------------------------

function hear(heard) {
  if (heard.type === "reset") {
    isLive = false;
    list.clear();
  } else if (heard.type === "message") {
    const isNew = list.show(heard.message);
    if (isNew && isLive && heard.message.author !== me) voice.add(heard.message);
  } else if (heard.type === "live" || heard.type === "asked") {
    isLive = true;
    pump();
  } else if (heard.type === "ack") {
    taken(heard);
  } else if (heard.type === "refused") {
    refused(heard);
  } else if (heard.type === "people") {
    showPeople(heard);
  } else if (heard.type === "closed") {
    release();
    for (const { cid } of outbox.all()) list.say(cid, WAITS);
  }
}

function showPeople({ count, names }) {
  const others = names.filter((name) => name !== me);
  const more = count - names.length;
  const parts = [...others, ...(more > 0 ? [`${more} more`] : [])];
  let words = parts.length ? `Here now: you, ${parts.join(", ")}.` : "You are the only one here right now.";
  if (!names.length) words = count === 1 ? "You are the only one here right now." : `${count} people are here now.`;
  people.textContent = words;
  people.hidden = false;
}

function say(words) {
  if (told.textContent !== words) told.textContent = words;
}

// -- sending -----------------------------------------------------------------------------------

const line = new Line({ base, room, last: Number(frame.dataset.newest), epoch: frame.dataset.epoch, hear, state: say });

/** Send the oldest message that waits, one at a time, so that their order is kept. */
function pump() {
  const [next] = outbox.all();
  if (!next || sending) return;
  sending = next.cid;
  timer = setTimeout(() => {
    release();
    pump();
  }, ACK_MS);
  list.say(next.cid, "Sending…");
  if (line.isLive) line.send({ type: "post", cid: next.cid, text: next.text });
  else post(next);
}

async function post({ cid, text }) {
  const token = form?.querySelector("input[name=csrf]").value ?? "";
  try {
    const answer = await fetch(base, {
      method: "POST",
      body: new URLSearchParams({ cid, text }),
      headers: { "x-csrf": token, accept: "application/json" },
    });
    const heard = await answer.json();
    if (heard.cid === cid) return hear(heard);
    if (answer.status === 401 || answer.status === 403) {
      return refused({ cid, words: "You are signed out, or the page is too old. Please reload it.", wait: null });
    }
  } catch {
    // Nobody answers; the line says so, and tries again.
  }
  list.say(cid, WAITS);
  release();
}

function release() {
  clearTimeout(timer);
  sending = null;
}

function taken({ cid, id, panel }) {
  outbox.remove(cid);
  list.settle(cid, id);
  if (id === null) document.getElementById("told-care").hidden = false;
  if (panel) showPanel();
  release();
  pump();
}

function refused({ cid, words, wait }) {
  clearTimeout(timer);
  if (wait) {
    list.say(cid, `Not sent yet. ${words}`);
    timer = setTimeout(() => {
      release();
      pump();
    }, wait * 1000);
    return;
  }
  giveBack(cid);
  say(words);
  release();
  pump();
}

/** What was refused for good goes back into the box: no words are lost. */
function giveBack(cid) {
  const entry = outbox.all().find((one) => one.cid === cid);
  outbox.remove(cid);
  list.settle(cid, null);
  if (!entry || !form) return;
  const box = form.elements.text;
  box.value = box.value ? `${entry.text}\n${box.value}` : entry.text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// -- the note with help ------------------------------------------------------------------------

/** The server draws the note; here it only moves from a fresh copy of this page to this one. */
function showPanel() {
  const request = new XMLHttpRequest(); // the one way to read a page that Trusted Types allow
  request.open("GET", base);
  request.responseType = "document";
  request.addEventListener("load", () => {
    const panel = request.response?.getElementById("care-panel");
    if (!panel) return;
    const place = document.getElementById("room-care");
    place.replaceChildren(document.importNode(panel, true));
    showLocalTimes(place);
    // The box one writes in keeps the focus and would keep the note out of sight.
    place.scrollIntoView({ block: "start" });
    say("There is a note for you above the box.");
  });
  request.send();
}

// -- writing -----------------------------------------------------------------------------------

function submit(event) {
  event.preventDefault();
  const box = form.elements.text;
  const text = box.value.trim();
  box.focus();
  if (!text) return;
  list.waiting(outbox.add(text));
  box.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true })); // keep-draft.js drops its copy
  form.querySelector(".field__draft")?.remove();
  if (line.isLive) pump();
  else list.say(outbox.all().at(-1).cid, WAITS);
}

if (form) {
  form.addEventListener("submit", submit);
  if (matchMedia("(pointer: fine)").matches) {
    document.getElementById("write-hint").hidden = false;
    form.elements.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }
}
// Who comes to a room comes to the newest words and the box. A note with help is not scrolled past.
if (form && !location.hash && !document.getElementById("care-panel")) form.scrollIntoView({ block: "end" });
for (const entry of outbox.all()) {
  list.waiting(entry);
  list.say(entry.cid, WAITS);
}
