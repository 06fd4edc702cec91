/** What the console's HTTP interface tells, and what follows from it. Pure. */

import type { HandoffCause, Item, Status } from "../shared/frames";

export interface PromiseLight {
  readonly promise: string;
  readonly name: string;
  readonly breaches_open: number;
  readonly breaches_24h: number;
}

export interface QueueEntry {
  readonly conversation: string;
  readonly place: number;
  readonly waiting_seconds: number;
  readonly how: HandoffCause;
  readonly language: string;
  readonly customer: string | null;
}

interface Counts {
  readonly answered: number;
  readonly within: number;
  /** Those who have waited longer than the target and still wait. */
  readonly late?: number;
  readonly target_seconds?: number;
}

export interface ServiceLevel extends Counts {
  readonly target_seconds: number;
}

/** One language's line in the last 24 hours; times from asking to a person's answer. */
export interface LineLevel extends Counts {
  readonly language: string;
  readonly median_seconds: number | null;
  readonly p90_seconds: number | null;
}

export interface Overview {
  readonly at: string;
  readonly promises: readonly PromiseLight[];
  readonly now: {
    readonly waiting: number;
    readonly online: number;
    readonly with_assistant: number;
    readonly with_agents: number;
    readonly longest_wait_seconds: number | null;
  };
  readonly queue: readonly QueueEntry[];
  readonly service_level: ServiceLevel;
  readonly by_language?: readonly LineLevel[];
  /** Name of the figure -> its values, oldest first. */
  readonly sparks: Readonly<Record<string, readonly number[] | undefined>>;
}

export interface BreachEntry {
  readonly id: number;
  readonly promise: string;
  readonly conversation: string;
  readonly version: number;
  readonly at: string;
  readonly found_at: string;
  readonly detail: string;
}

export interface ConversationEntry {
  readonly id: string;
  readonly status: Status;
  readonly customer: string | null;
  readonly language: string;
  readonly opened_at: string;
  readonly last_message_at: string | null;
  readonly agent: string | null;
}

export interface Story {
  readonly conversation?: ConversationEntry;
  readonly items: readonly Item[];
}

/** How many count for the service level: the answered, and those who wait beyond the target. */
export function serviceAll(level: Counts): number {
  return level.answered + (level.late ?? 0);
}

/** 0 to 1; null while nobody has asked, because 100% of nothing would be a lie. */
export function serviceShare(level: Counts): number | null {
  const all = serviceAll(level);
  return all === 0 ? null : level.within / all;
}

/** The freshest page before the older ones, each entry once, in the order of the pages. */
export function joinPages<E extends { readonly id: string | number }>(
  pages: readonly (readonly E[])[],
): readonly E[] {
  const seen = new Set<string | number>();
  return pages.flat().filter((entry) => !seen.has(entry.id) && seen.add(entry.id));
}

export interface StoryStep {
  readonly item: Item;
  /** Seconds since the step before; null for the first. */
  readonly gapSeconds: number | null;
  readonly breaches: readonly BreachEntry[];
}

/** The items with the time between them, and the breaches of this conversation where they happened. */
export function storySteps(
  items: readonly Item[],
  breaches: readonly BreachEntry[],
): readonly StoryStep[] {
  return items.map((item, index) => {
    const before = items[index - 1];
    const after = items[index + 1];
    return {
      item,
      gapSeconds: before ? Math.max(0, (Date.parse(item.at) - Date.parse(before.at)) / 1000) : null,
      // A breach may name a version that shows nothing: it stands at the step before it.
      breaches: breaches.filter(
        (breach) =>
          (breach.version >= item.version || index === 0) &&
          (!after || breach.version < after.version),
      ),
    };
  });
}
