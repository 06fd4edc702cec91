/** localStorage that never throws: where it is blocked or full, memory serves until a reload. */

export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export function memoryStore(): Store {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  };
}

/**
 * Told of each entry that only memory holds (null: it is gone). Browsers that block storage in
 * frames of other sites leave the widget none; the loader then keeps its entries on the site.
 */
export const backup = { keep: (_key: string, _value: string | null): void => undefined };

const memory = new Map<string, string>();

/** Takes back what a backup has kept. */
export function restore(entries: Record<string, string>): void {
  for (const key in entries) memory.set(key, String(entries[key]));
}

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

export const store: Store = {
  get: (key) => memory.get(key) ?? attempt(() => localStorage.getItem(key)),
  set(key, value) {
    if (attempt(() => (localStorage.setItem(key, value), true))) {
      // What was written must not be shadowed: another tab may change it.
      memory.delete(key);
    } else {
      memory.set(key, value);
      backup.keep(key, value);
    }
  },
  remove(key) {
    if (memory.delete(key)) backup.keep(key, null);
    attempt(() => localStorage.removeItem(key));
  },
};
