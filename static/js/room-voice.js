// Tells screen readers what others say, politely and not more often than one can listen.

const PAUSE_MS = 6000; // about as long as a short message takes to be read out
const LONGEST = 160;

export class Voice {
  #line;
  #waiting = [];
  #timer = null;

  constructor(line) {
    this.#line = line;
  }

  /** Somebody has said something. */
  add({ author, state, words }) {
    if (state !== "shown") return;
    const text = words.map(([, piece]) => piece).join("");
    this.#waiting.push(`${author}: ${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}`);
    if (this.#timer === null) this.#tell();
  }

  #tell() {
    this.#timer = null;
    if (!this.#waiting.length) return;
    const many = this.#waiting.length > 2 ? `${this.#waiting.length} new messages. ` : "";
    this.#line.textContent = many + (many ? this.#waiting.at(-1) : this.#waiting.join(" "));
    this.#waiting = [];
    this.#timer = setTimeout(() => this.#tell(), PAUSE_MS);
  }
}
