/** Soft sounds and a vibration, for new messages and for offers: each off until it is turned on. */

import { signal } from "@preact/signals";

import { store } from "../shared/storage";

/** One of them, remembered on this device. `act` is done once when it is turned on. */
class Setting {
  readonly on;

  constructor(
    private readonly key: string,
    private readonly act: () => void,
  ) {
    this.on = signal(store.get(key) === "on");
  }

  set(on: boolean): void {
    this.on.value = on;
    store.set(this.key, on ? "on" : "off");
    // The press on the switch is the gesture that lets the browser make a sound at all.
    if (on) this.act();
  }

  play(): void {
    if (this.on.value) this.act();
  }
}

let context: AudioContext | null = null;

/** Plays `notes` (hertz) one after the other, softly. */
function chime(...notes: number[]): void {
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  const start = context.currentTime;
  const end = start + 0.12 * notes.length + 0.08;
  const tone = context.createOscillator();
  const volume = context.createGain();
  notes.forEach((note, index) => tone.frequency.setValueAtTime(note, start + 0.09 * index));
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.08, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, end);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(end + 0.02);
}

export const canVibrate = typeof navigator !== "undefined" && "vibrate" in navigator;

export const messageSound = new Setting("alltid:sound", () => chime(659, 880));
export const offerSound = new Setting("alltid:offer-sound", () => chime(523, 659, 784));
export const offerVibration = new Setting("alltid:offer-vibration", () => {
  if (canVibrate) navigator.vibrate([180, 90, 180]);
});
