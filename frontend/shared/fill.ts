/** A string with its places filled in. */

export type Values = Record<string, string | number>;

/** Fills "{name}" places. With `n` in `values`, "one form|other form" is chosen by its plural. */
export function fill(text: string, values: Values, tag: string): string {
  let chosen = text;
  if (typeof values["n"] === "number" && text.includes("|")) {
    const [one = "", other = ""] = text.split("|");
    chosen = new Intl.PluralRules(tag).select(values["n"]) === "one" ? one : other;
  }
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === "number" ? number(value, tag) : (value ?? whole);
  });
}

const number = (value: number, tag: string): string => new Intl.NumberFormat(tag).format(value);
