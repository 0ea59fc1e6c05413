// Keeps the desk fresh: over a WebSocket, by asking every few seconds while that is down.
//
// A frame says only that something changed; what changed comes from the server as it would on a
// reload. So nothing depends on having heard every frame. Calls to this person ring once each.

import { ring, offerSound } from "./desk-sound.js";
import { showLocalTimes } from "./local-time.js";

const POLL_MS = 4000;
const PING_MS = 20_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const SETTLE_MS = 150; // several frames at once need one look

const box = document.querySelector("[data-desk]");
const home = box.dataset.desk;
const said = document.getElementById("desk-live");
const plainTitle = document.title;
const rung = new Set(callsOf(document));
let tries = 0;
let looking = false;
let lookAgain = false;
let socket = null;

function callsOf(root) {
  return (root.querySelector("#desk")?.dataset.alerts ?? "").split(" ").filter(Boolean);
}

/** The desk as the server draws it now. A document request, because the policy refuses innerHTML. */
function fetchDesk() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", `${home}/queue`);
    request.responseType = "document";
    request.timeout = 10_000;
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject(request.status));
    request.onerror = request.ontimeout = () => reject(0);
    request.send();
  });
}

async function look() {
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  try {
    show(await fetchDesk());
  } catch (status) {
    if (status === 401 || status === 403 || status === 404) location.reload();
    else said.textContent = "The desk could not be refreshed. Trying again.";
  } finally {
    looking = false;
  }
  if (lookAgain) {
    lookAgain = false;
    await look();
  }
}

function show(page) {
  const fresh = document.importNode(page.getElementById("desk"), true);
  const old = document.getElementById("desk");
  const current = old.querySelector("[aria-current=true]")?.id;
  const focused = old.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : null;
  old.replaceWith(fresh);
  if (current) document.getElementById(current)?.setAttribute("aria-current", "true");
  if (focused) document.getElementById(focused)?.querySelector("a, button")?.focus();
  showLocalTimes(fresh);
  announce(callsOf(document));
}

function announce(calls) {
  const waiting = document.getElementById("desk").dataset.waiting;
  document.title = calls.length ? `(${calls.length}) You are called · ${plainTitle}` : plainTitle;
  const fresh = calls.filter((id) => !rung.has(id));
  for (const id of fresh) rung.add(id);
  if (fresh.length) {
    said.textContent = `You are called. ${waiting} waiting.`;
    ring();
  }
}

let settling = null;
function lookSoon() {
  settling ??= setTimeout(() => {
    settling = null;
    look();
  }, SETTLE_MS);
}

function connect() {
  const address = new URL(`${home}/live`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    tries = 0;
    said.textContent = "";
    lookSoon(); // what happened while it was down
  });
  socket.addEventListener("message", ({ data }) => {
    const { type } = JSON.parse(data);
    if (type === "alert") look(); // somebody waits: not a moment to gather frames
    else if (!["hello", "pong", "error"].includes(type)) lookSoon();
  });
  socket.addEventListener("close", ({ code }) => {
    if (code === 4401 || code === 4404) location.reload();
    const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries++);
    setTimeout(connect, Math.random() * longest);
  });
}

setInterval(() => {
  if (socket?.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
}, PING_MS);
setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN) look();
}, POLL_MS);
addEventListener("online", look);
addEventListener("visibilitychange", () => document.hidden || lookSoon());

offerSound();
announce([...rung]);
connect();
