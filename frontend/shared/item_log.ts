/** The items of one conversation, each shown once: kept by version, in order. */

import { signal } from "@preact/signals";

import type { Item } from "./frames";

export class ItemLog {
  readonly items = signal<readonly Item[]>([]);
  /** The highest version seen, also of what is not shown: `after` of the next hello. */
  version = 0;

  /** Adds what is new (also earlier history), and returns it. `version` is the frame's. */
  add(items: readonly Item[], version = 0): Item[] {
    const known = new Set(this.items.value.map((item) => item.version));
    const fresh: Item[] = [];
    for (const item of items) {
      if (known.has(item.version)) continue;
      known.add(item.version);
      fresh.push(item);
      this.version = Math.max(this.version, item.version);
    }
    this.version = Math.max(this.version, version);
    if (fresh.length > 0) {
      this.items.value = [...this.items.value, ...fresh].sort((a, b) => a.version - b.version);
    }
    return fresh;
  }

  /** The lowest version held: `before` of a request for history. */
  get first(): number {
    return this.items.value[0]?.version ?? this.version + 1;
  }

  clear(): void {
    this.items.value = [];
    this.version = 0;
  }
}
