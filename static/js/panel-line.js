// Shows at once when the care team has written, without taking the words one is writing.

import { showLocalTimes } from "./local-time.js";

const POLL_MS = 5000;
const LAST_RETRY_MS = 30_000;
const line = document.querySelector("[data-live]");
const said = document.getElementById("line-live");
const home = line.dataset.live;
let tries = 0;
let socket = null;
let reached = null;

function fetchPage() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname);
    request.responseType = "document";
    request.timeout = 10_000;
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject(request.status));
    request.onerror = request.ontimeout = () => reject(0);
    request.send();
  });
}

async function refresh() {
  const page = await fetchPage();
  for (const id of ["line", "care-status"]) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (old && fresh) old.replaceChildren(...document.importNode(fresh, true).childNodes);
  }
  showLocalTimes(line);
  said.textContent = "There is something new above.";
}

async function poll() {
  const answer = await fetch(`${home}/line/events`, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const mark = JSON.stringify(await answer.json());
  if (reached !== null && mark !== reached) await refresh();
  reached = mark;
}

function connect() {
  const address = new URL(`${home}/live`, window.location.href);
  address.protocol = window.location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.addEventListener("open", () => (tries = 0));
  socket.addEventListener("message", ({ data }) => {
    if (["line", "status", "look"].includes(JSON.parse(data).type)) refresh().catch(() => {});
  });
  socket.addEventListener("close", () => {
    setTimeout(connect, Math.random() * Math.min(LAST_RETRY_MS, 500 * 2 ** tries++));
  });
}

setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN) poll().catch(() => {});
}, POLL_MS);
connect();
