// A soft sound when one is called: a choice, off until chosen, kept in this browser.

const KEY = "handrail-desk-sound";
let audio = null;

const isOn = () => {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
};

/** Two short notes; silent when it is off or the browser waits for a first click. */
export function ring() {
  if (!isOn()) return;
  audio ??= new AudioContext();
  for (const [start, pitch] of [[0, 660], [0.25, 880]]) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const at = audio.currentTime + start;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.2, at + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.24);
  }
}

/** Show the choice, and play it once when it is switched on, so that one knows the sound. */
export function offerSound() {
  const line = document.getElementById("desk-sound");
  const box = document.getElementById("sound");
  if (!line || typeof AudioContext === "undefined") return;
  box.checked = isOn();
  line.hidden = false;
  box.addEventListener("change", () => {
    try {
      if (box.checked) localStorage.setItem(KEY, "yes");
      else localStorage.removeItem(KEY);
    } catch {
      return; // storage is switched off: there is nowhere to keep the choice
    }
    ring();
  });
}
