/** An amount with its currency, as the reader writes it. `minor` is in the smallest unit. */
export function money(minor: number, currency: string, tag: string): string {
  const format = new Intl.NumberFormat(tag, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}
