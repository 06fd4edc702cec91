/** Lengths of time as people read them. Seconds come in whole or not; they never show as less than 0. */

/** A running wait: "0:07", "4:12", "1:04:12". */
export function waitClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const two = (value: number): string => String(value).padStart(2, "0");
  const tail = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** A finished length in at most two units: "7 sec", "4 min 12 sec", "1 hr 4 min", "2 days". */
export function lengthWords(seconds: number, tag: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const parts: [number, string][] =
    days > 0
      ? [[days, "day"], [hours, "hour"]]
      : hours > 0
        ? [[hours, "hour"], [minutes, "minute"]]
        : [[minutes, "minute"], [whole % 60, "second"]];
  const told = parts.filter(([value], index) => value > 0 || (index === 1 && whole === 0));
  return told.map(([value, unit]) => inUnit(value, unit, tag)).join(" ");
}

/** The time since a moment, short enough for a chip: "now", "4 min", "2 hr", "3 days". */
export function sinceShort(at: string, now: number, tag: string): string {
  const seconds = (now - Date.parse(at)) / 1000;
  if (seconds < 60) {
    return new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(0, "second");
  }
  if (seconds < 3600) return inUnit(Math.floor(seconds / 60), "minute", tag);
  if (seconds < 86_400) return inUnit(Math.floor(seconds / 3600), "hour", tag);
  return inUnit(Math.floor(seconds / 86_400), "day", tag);
}

function inUnit(value: number, unit: string, tag: string): string {
  return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short" }).format(value);
}
