/** Money and lengths as the reader's language writes them. */

import { locale } from "../i18n";

/** An amount in its smallest unit, with its currency and its decimals. */
export function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(locale.value, { style: "currency", currency });
  return format.format(minor / 10 ** decimals(currency));
}

export function decimals(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** What someone typed as an amount, in the smallest unit; null for what is none. */
export function minorOf(text: string, currency: string): number | null {
  const plain = text.trim().replace(/\s/g, "").replace(",", ".");
  if (!/^-?\d{1,9}(\.\d{1,3})?$/.test(plain)) return null;
  const minor = Number(plain) * 10 ** decimals(currency);
  return Math.abs(minor - Math.round(minor)) < 1e-6 ? Math.round(minor) : null;
}

/** An exact amount of minor units, as "9520/7" or "400", for people. */
export function exactly(exact: string, currency: string): string {
  const [above = "0", below = "1"] = exact.split("/");
  const minor = Number(above) / Number(below);
  const digits = decimals(currency);
  return new Intl.NumberFormat(locale.value, {
    style: "currency",
    currency,
    maximumFractionDigits: below === "1" ? digits : digits + 3,
  }).format(minor / 10 ** digits);
}

/** "7:59:30" for seconds. */
export function length(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export const day = (at: string): string =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: "medium" }).format(new Date(at));

export const moment = (at: string): string =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(at),
  );

export const exactTime = (at: string): string =>
  new Intl.DateTimeFormat(locale.value, { timeStyle: "medium" }).format(new Date(at));
