/** A soft sound for new messages: off until the agent turns it on. */

import { signal } from "@preact/signals";

import { store } from "../shared/storage";

const key = "alltid:sound";

export const soundOn = signal(store.get(key) === "on");

let context: AudioContext | null = null;

export function setSound(on: boolean): void {
  soundOn.value = on;
  store.set(key, on ? "on" : "off");
  // The press on the switch is the gesture that lets the browser make a sound at all.
  if (on) playSound();
}

export function playSound(): void {
  if (!soundOn.value || typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  const start = context.currentTime;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.setValueAtTime(659, start);
  tone.frequency.setValueAtTime(880, start + 0.09);
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.08, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + 0.32);
}
