/**
 * Signals for the widget, in place of @preact/signals (the build swaps them): the same calls,
 * a tenth of the weight. Any change draws everything anew, once, a moment later. The widget
 * is small enough for that; the workspace, which is not, has the real ones.
 */

export interface Signal<T> {
  value: T;
}

const effects: (() => void)[] = [];
let due = false;

function changed(): void {
  if (due) return;
  due = true;
  queueMicrotask(() => {
    due = false;
    for (const act of effects) act();
  });
}

export function signal<T>(value: T): Signal<T> {
  let now = value;
  return {
    get value() {
      return now;
    },
    set value(next: T) {
      if (next === now) return;
      now = next;
      changed();
    },
  };
}

export function computed<T>(compute: () => T): { readonly value: T } {
  return {
    get value() {
      return compute();
    },
  };
}

/** Runs now and after each change of any signal. */
export function effect(act: () => void): void {
  effects.push(act);
  act();
}
