/**
 * Asks again and again while the page is in view: every few seconds while all is well, ever
 * more slowly while it is not, at once when the page comes back.
 */

import { signal } from "@preact/signals";

export interface PollerParts<T> {
  ask(): Promise<T>;
  got(answer: T): void;
  /** Return "stop" when asking again would not help. */
  failed?(error: unknown): "stop" | void;
  everyMilliseconds: number;
  now?(): number;
}

const longestPauseMilliseconds = 30_000;

export class Poller<T> {
  /** When the answers stopped coming, in milliseconds; null while they come. */
  readonly failingSince = signal<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #lastGood = 0;
  #running = false;
  /** Tells the answer that is waited for from one that was asked before a stop. */
  #round = 0;

  constructor(private readonly parts: PollerParts<T>) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#lastGood = this.#now();
    if (typeof document !== "undefined") {
      document.addEventListener("visibilitychange", this.#seen);
    }
    void this.#ask();
  }

  stop(): void {
    this.#running = false;
    this.#round += 1;
    clearTimeout(this.#timer);
    if (typeof document !== "undefined") {
      document.removeEventListener("visibilitychange", this.#seen);
    }
  }

  /** Milliseconds to the next question after so many failures in a row. */
  static pause(everyMilliseconds: number, failures: number): number {
    const doublings = Math.min(Math.max(0, failures - 1), 8);
    return Math.min(longestPauseMilliseconds, everyMilliseconds * 2 ** doublings);
  }

  #now(): number {
    return (this.parts.now ?? Date.now)();
  }

  readonly #seen = (): void => {
    clearTimeout(this.#timer);
    this.#round += 1;
    if (!document.hidden) void this.#ask();
  };

  async #ask(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    try {
      const answer = await this.parts.ask();
      if (round !== this.#round) return;
      this.#failures = 0;
      this.#lastGood = this.#now();
      this.failingSince.value = null;
      this.parts.got(answer);
    } catch (error) {
      if (round !== this.#round) return;
      this.#failures += 1;
      this.failingSince.value = this.#lastGood;
      if (this.parts.failed?.(error) === "stop") return this.stop();
    }
    const pause = Poller.pause(this.parts.everyMilliseconds, this.#failures);
    this.#timer = setTimeout(() => void this.#ask(), pause);
  }
}
