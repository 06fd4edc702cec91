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

function browserStore(): Store {
  const memory = memoryStore();
  const attempt = <T>(act: () => T): T | null => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt(() => localStorage.getItem(key)),
    set(key, value) {
      // What could not be written is held in memory; what was written must not be shadowed,
      // because another tab may change it.
      if (attempt(() => (localStorage.setItem(key, value), true))) memory.remove(key);
      else memory.set(key, value);
    },
    remove(key) {
      memory.remove(key);
      attempt(() => localStorage.removeItem(key));
    },
  };
}

export const store: Store = browserStore();
