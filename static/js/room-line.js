// The connection to a room: a WebSocket that comes back by itself, and asking while it is down.
//
// forum/chat/README.md writes the protocol down. What is heard goes to `hear(frame)` with each
// message once; `state(words)` tells how the line is, with no words when all is well.

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const ASK_MS = 4000; // while the socket is down
const SILENCE_MS = 60_000; // two heartbeats missed: the line is cut without a word
const LOST = "The connection is lost for the moment. You can go on writing: it is kept and sent when the line is back.";
const ASKING = "The live line is down, so new messages come every few seconds.";
const ENDED = "You cannot read this room any more with the rights you have now. Reload the page to see what is open to you.";
const GONE = [401, 403, 404];

export class Line {
  isLive = false;
  #base;
  #room;
  #last;
  #epoch;
  #hear;
  #state;
  #socket = null;
  #tries = 0;
  #resetting = false;
  #ended = false;
  #heardAt = 0;

  constructor({ base, room, last, epoch, hear, state }) {
    [this.#base, this.#room, this.#last, this.#epoch] = [base, room, last, epoch];
    [this.#hear, this.#state] = [hear, state];
    this.#connect();
    setInterval(() => this.#ask(), ASK_MS);
    // A telephone that wakes up does not wait for its next try.
    addEventListener("online", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
  }

  /** Send a frame over the socket; only while `isLive`. */
  send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  #connect() {
    if (this.#ended) return;
    const address = new URL(`${this.#base}/live`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener("open", () => this.#hello());
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => this.#onClose(code));
  }

  #hello() {
    const [last, epoch] = [this.#last, this.#epoch];
    this.#socket.send(JSON.stringify({ type: "hello", room: this.#room, last, epoch }));
  }

  #take(frame) {
    this.#heardAt = Date.now();
    if (frame.type === "reset") {
      [this.#resetting, this.#last, this.#epoch] = [true, 0, frame.epoch];
    } else if (frame.type === "message") {
      if (frame.id <= this.#last && !this.#resetting) return; // came twice, as it may
      this.#last = Math.max(this.#last, frame.id);
    } else if (frame.type === "live") {
      [this.#resetting, this.isLive, this.#tries, this.#epoch] = [false, true, 0, frame.epoch];
      this.#last = Math.max(this.#last, frame.id);
      this.#state("");
    } else if (frame.type === "again" || (frame.type === "heartbeat" && frame.id > this.#last)) {
      this.#hello();
    }
    this.#hear(frame);
  }

  async #onClose(code) {
    this.isLive = false;
    this.#hear({ type: "closed" });
    if ([4401, 4403, 4404].includes(code) && !(await this.#ask())) return; // this page has ended
    this.#state(LOST);
    const wait = Math.random() * Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#tries++);
    setTimeout(() => this.#connect(), wait);
  }

  #wake() {
    if (this.#socket.readyState === WebSocket.OPEN && Date.now() - this.#heardAt > SILENCE_MS) {
      this.#socket.close();
    }
    if (!this.isLive) this.#ask();
  }

  /** What is new, over plain HTTP; false when this person may no longer ask. */
  async #ask() {
    if (this.#ended) return false;
    if (this.isLive) {
      if (Date.now() - this.#heardAt > SILENCE_MS) this.#socket.close();
      return true;
    }
    const query = new URLSearchParams({ after: this.#last, epoch: this.#epoch });
    try {
      const answer = await fetch(`${this.#base}/events?${query}`, { headers: { accept: "application/json" } });
      if (GONE.includes(answer.status) || answer.redirected) return this.#end();
      if (answer.ok && !this.isLive) this.#takeAnswer(await answer.json());
    } catch {
      // Nobody answers: the next time.
    }
    return true;
  }

  #takeAnswer({ reset, epoch, id, messages }) {
    this.#epoch = epoch;
    if (reset) this.#hear({ type: "reset", epoch });
    for (const message of messages) this.#hear({ type: "message", id: message.event, message });
    this.#last = reset ? id : Math.max(this.#last, id);
    this.#state(ASKING);
    this.#hear({ type: "asked" });
  }

  #end() {
    this.#ended = true;
    this.#state(ENDED);
    return false;
  }
}
