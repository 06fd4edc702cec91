/** Money, shares, lengths and dates as the reader's language writes them. */

import { locale } from "../shared/i18n";

/** An amount in its smallest unit, with its currency and its decimals. */
export function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(locale.value, { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

export const percent = (share: number): string =>
  new Intl.NumberFormat(locale.value, { style: "percent", maximumFractionDigits: 0 }).format(share);

export const decimal = (value: number): string =>
  new Intl.NumberFormat(locale.value, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
    value,
  );

export const date = (at: string): string =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: "long" }).format(new Date(at));

/** "Swedish" for "sv". */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(locale.value, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The words in the reader's language, else in English, else any. */
export function said(words: Record<string, string>): string {
  const tag = locale.value.split("-")[0] ?? "en";
  return words[tag] ?? words["en"] ?? Object.values(words)[0] ?? "";
}

const day = 86_400_000;

/** Whole days from now until then, rounded down; below zero once it is past. */
export const daysUntil = (at: string, now: number): number =>
  Math.floor((Date.parse(at) - now) / day);

/** "in 13 days", "in 5 hours", "2 days ago". */
export function fromNow(at: string, now: number): string {
  const away = Date.parse(at) - now;
  const format = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
  if (Math.abs(away) >= day) return format.format(Math.trunc(away / day), "day");
  return format.format(Math.trunc(away / 3_600_000), "hour");
}
