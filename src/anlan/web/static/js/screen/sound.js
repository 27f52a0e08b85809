// Tones by urgency. Browsers allow sound only after a touch, so the switch stands on the screen until it was touched.

let audio;
const button = document.getElementById("sound");
//: Frequency (Hz), length (s) and how often, by colour: higher and more often is more urgent.
const TONES = { red: [988, 0.22, 6], orange: [880, 0.25, 4], yellow: [740, 0.25, 2], blue: [587, 0.3, 1] };

export function isOn() {
  return audio?.state === "running";
}

function show() {
  button.setAttribute("aria-pressed", isOn());
  button.lastElementChild.textContent = isOn() ? gettext("声音已打开") : gettext("打开声音");
}

async function turnOn() {
  audio ??= new AudioContext();
  audio.onstatechange = show;
  await audio.resume();
  show();
}

button.addEventListener("click", async () => {
  if (isOn()) {
    await audio.suspend();
    localStorage.setItem("anlan-sound", "off");
  } else {
    await turnOn();
    localStorage.setItem("anlan-sound", "on");
    sound("blue");
  }
  show();
});
// Who had it on gets it back with the first touch anywhere.
if (localStorage.getItem("anlan-sound") !== "off") addEventListener("pointerdown", (event) => event.target.closest("#sound") || isOn() || turnOn(), { once: true });

/** Sound the tone of a colour; nothing while sound is off. */
export function sound(level) {
  if (!isOn()) return;
  const [frequency, seconds, times] = TONES[level] ?? TONES.blue;
  for (let i = 0; i < times; i++) {
    const start = audio.currentTime + i * seconds * 1.5;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = "triangle";
    tone.frequency.setValueAtTime(i % 2 ? frequency * 0.8 : frequency, start);
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.4, start + 0.02);
    volume.gain.setTargetAtTime(0, start + seconds * 0.7, 0.05);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + seconds * 1.4);
  }
}
show();
