/** A queue as a screen keeps it, so that its waits count without jitter and its rows don't jump. */

export interface Queued {
  readonly conversation: string;
  readonly place: number;
  readonly waiting_seconds: number;
}

/** A queued conversation with the moment its wait began, on this browser's clock. */
export type Counted<E> = E & {
  /** Milliseconds since 1970 by this browser: a wrong clock here must not show a wrong wait. */
  readonly sinceMs: number;
};

/** How far a told wait may lie from the known one and still be the same, in milliseconds. */
const jitterMilliseconds = 2000;

/**
 * The server's list in the order of places, whatever order it came in and each conversation
 * once, with the waiting counted from when it came (`nowMs`).
 */
export function countWaiting<E extends Queued>(
  entries: readonly E[],
  known: readonly Counted<E>[],
  nowMs: number,
): readonly Counted<E>[] {
  const before = new Map(known.map((entry) => [entry.conversation, entry]));
  const list = new Map<string, Counted<E>>();
  for (const entry of entries) {
    if (list.has(entry.conversation)) continue;
    const told = nowMs - entry.waiting_seconds * 1000;
    const old = before.get(entry.conversation);
    // The server rounds to whole seconds; keeping the first start keeps the ticking even.
    const same = old && Math.abs(old.sinceMs - told) < jitterMilliseconds;
    list.set(entry.conversation, { ...entry, sinceMs: same ? old.sinceMs : told });
  }
  return [...list.values()].sort((a, b) => a.place - b.place);
}
