/** Times as people read them: relative under an hour, else the local clock. */

const minute = 60_000;

/** "now", "5 minutes ago", then "14:05", then "12 Mar, 14:05". `tag` is a locale. */
export function timeLabel(at: string, now: number, tag: string): string {
  const then = new Date(at);
  const ago = now - then.getTime();
  // A clock that runs behind the server's must not show "in 3 minutes".
  if (ago < minute) return new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(0, "second");
  if (ago < 60 * minute) {
    return new Intl.RelativeTimeFormat(tag).format(-Math.floor(ago / minute), "minute");
  }
  if (sameDay(then, new Date(now))) return clockTime(at, tag);
  return new Intl.DateTimeFormat(tag, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(then);
}

export function clockTime(at: string, tag: string): string {
  return new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** The whole moment with its zone, for a title on hover. */
export function fullTime(at: string, tag: string): string {
  return new Intl.DateTimeFormat(tag, {
    dateStyle: "full",
    timeStyle: "long",
  }).format(new Date(at));
}

/** "today", "yesterday", else "Monday 3 March" (with the year when it is another one). */
export function dayLabel(at: string, now: number, tag: string): string {
  const then = new Date(at);
  const today = new Date(now);
  const days = Math.round((startOfDay(today) - startOfDay(then)) / (24 * 60 * minute));
  if (days === 0 || days === 1) {
    const said = new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(-days, "day");
    return said.charAt(0).toLocaleUpperCase(tag) + said.slice(1);
  }
  return new Intl.DateTimeFormat(tag, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(then.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const }),
  }).format(then);
}

export function sameDay(one: Date, other: Date): boolean {
  return startOfDay(one) === startOfDay(other);
}

const startOfDay = (day: Date): number =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();

/** A wait in whole minutes, rounded outwards so that the range stays honest. */
export function waitMinutes(wait: { low_seconds: number; high_seconds: number }): {
  low: number;
  high: number;
} {
  const low = Math.max(0, Math.floor(wait.low_seconds / 60));
  return { low, high: Math.max(low, Math.ceil(wait.high_seconds / 60)) };
}
/** "340 KB", "2.4 MB". */
export function fileSize(bytes: number, tag: string): string {
  const [value, unit] =
    bytes < 1_000_000 ? [Math.max(1, bytes / 1_000), "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit,
    maximumFractionDigits: value < 10 && unit === "megabyte" ? 1 : 0,
  }).format(value);
}
