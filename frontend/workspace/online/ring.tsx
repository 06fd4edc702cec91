/** The time that is left, as a ring that empties. It jumps with each second and never glides. */

import { useEffect, useState } from "preact/hooks";

import { secondsLeft, shareLeft } from "./offers";
import type { OpenOffer } from "./offers";
import { say } from "./say";

const stepMilliseconds = 250;

export function Ring({ offer }: { offer: OpenOffer }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), stepMilliseconds);
    return () => clearInterval(timer);
  }, []);
  const seconds = secondsLeft(offer, now);
  return (
    <span class={seconds <= 5 ? "ring last" : "ring"} role="timer" aria-label={say("offerLeft", { n: seconds })}>
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="21" />
        <circle
          class="ring-left"
          cx="24"
          cy="24"
          r="21"
          pathLength={100}
          stroke-dasharray={`${(shareLeft(offer, now) * 100).toFixed(1)} 100`}
        />
      </svg>
      <b aria-hidden="true">{seconds}</b>
    </span>
  );
}
