/** Times of callbacks, in the customer's own zone. */

/** "Tuesday 3 March at 09:15". */
export function whenLabel(at: string, tag: string): string {
  return new Date(at).toLocaleString(tag, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  });
}

export interface Day {
  readonly name: string;
  readonly times: readonly { readonly at: string; readonly name: string }[];
}

/** The times by day, each as the customer's clock shows it. */
export function byDay(times: readonly string[], tag: string): readonly Day[] {
  const days = new Map<string, { at: string; name: string }[]>();
  for (const at of times) {
    const moment = new Date(at);
    const day = moment.toLocaleDateString(tag, { weekday: "long", day: "numeric", month: "long" });
    const name = moment.toLocaleTimeString(tag, { hour: "2-digit", minute: "2-digit" });
    days.set(day, [...(days.get(day) ?? []), { at, name }]);
  }
  return [...days].map(([name, list]) => ({ name, times: list }));
}

/** The browser's zone, as in "Europe/Stockholm". */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ");
}
