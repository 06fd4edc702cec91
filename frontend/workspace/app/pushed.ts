/** What the desk pushes, read with care: it comes from outside. Pure. */

export interface Pushed {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  /** A path of the workspace, never another address. */
  readonly path: string;
  /** Milliseconds since 1970; null for what doesn't run out. */
  readonly untilMs: number | null;
  readonly urgent: boolean;
}

const home = "/agent";
const longest = 300;

/** The notification that a push asks for; one that can't be read still says that something came. */
export function readPush(text: string, origin: string): Pushed {
  let given: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === "object") given = parsed as Record<string, unknown>;
  } catch {
    given = {};
  }
  const until = Date.parse(words(given["expires_at"]));
  return {
    title: words(given["title"]) || "Alltid",
    body: words(given["body"]),
    tag: words(given["tag"]) || "alltid",
    path: pathOf(words(given["url"]), origin),
    untilMs: Number.isNaN(until) ? null : until,
    urgent: given["kind"] === "offer",
  };
}

/** The path to open: inside the workspace, else its home. */
export function pathOf(url: string, origin: string): string {
  try {
    const { origin: whose, pathname, search, hash } = new URL(url || home, origin);
    const inside = pathname === home || pathname.startsWith(`${home}/`);
    return whose === origin && inside ? pathname + search + hash : home;
  } catch {
    return home;
  }
}

const words = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, longest) : "";
