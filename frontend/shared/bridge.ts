/**
 * What the loader (on the company's site) and the widget (in our iframe) say to each other.
 * Each side checks both the origin and the window that a message comes from. Types only,
 * but for `heard`: the loader has 3 KB.
 */

/** Entries that the site keeps for a widget whose own storage the browser blocks. */
export type Kept = Record<string, string>;

/** From the site to the widget. */
export type ToWidget =
  | { type: "hello"; language: string | null; scheme: string | null; jwt: string | null; kept: Kept }
  | { type: "open"; focus: boolean }
  | { type: "closed" }
  | { type: "identify"; jwt: string }
  | { type: "signOut" }
  | { type: "language"; language: string };

/** From the widget to the site. */
export type ToSite =
  | { type: "ready" }
  | { type: "close" }
  /** How many messages wait unread, and whether a conversation is open at all. */
  | { type: "unread"; count: number; active: boolean }
  | { type: "keep"; key: string; value: string | null }
  /** The company's token has run out: the site should call identify again. */
  | { type: "expired" };

/** The message inside an event, if it is ours and comes from whom we expect; else null. */
export function heard<T extends { type: string }>(
  event: { origin: string; source: unknown; data: unknown },
  source: unknown,
  origins: readonly string[],
): T | null {
  const data = event.data as { alltid?: T } | null;
  return source && event.source === source && origins.includes(event.origin) && data?.alltid?.type
    ? data.alltid
    : null;
}
