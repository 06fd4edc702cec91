/** The time as signals, so that only what shows a time is drawn again when it passes. */

import { signal } from "@preact/signals";

export const second = signal(Date.now());
export const halfMinute = signal(Date.now());

/** Starts the ticking; a hidden page rests, and is right again as soon as it shows. */
export function startClock(): void {
  const tick = (): void => {
    if (document.hidden) return;
    const now = Date.now();
    second.value = now;
    if (now - halfMinute.value >= 30_000) halfMinute.value = now;
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
