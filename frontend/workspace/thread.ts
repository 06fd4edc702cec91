/**
 * One conversation as an agent's screen holds it: what the server has told, in version order.
 * Pure: no clock, no network, no DOM.
 */

import type { HandoffCause, Item, Mark, MessageItem, Status } from "../shared/frames";

export interface Thread {
  readonly conversation: string;
  readonly status: Status;
  readonly customer: { readonly id: string; readonly name: string | null };
  /** Ascending by version, each version once. */
  readonly items: readonly Item[];
  readonly hasEarlier: boolean;
  /** True between asking for older history and getting it. */
  readonly askingEarlier: boolean;
  /** What the customer's side has received and read. */
  readonly marks: Mark;
  /** False until the server has answered the first time. */
  readonly loaded: boolean;
}

export function emptyThread(conversation: string): Thread {
  return {
    conversation,
    status: "agent",
    customer: { id: "", name: null },
    items: [],
    hasEarlier: false,
    askingEarlier: false,
    marks: { delivered: 0, read: 0 },
    loaded: false,
  };
}

/** What an "items" frame says about a conversation; absent fields have not changed. */
export interface ItemsUpdate {
  readonly items: readonly Item[];
  readonly status?: Status;
  readonly customer?: { readonly id: string; readonly name: string | null };
  readonly has_earlier?: boolean;
}

/** Items that arrived live, after a reconnection, or twice: all end up once and in order. */
export function withItems(thread: Thread, update: ItemsUpdate): Thread {
  const items = mergeItems(thread.items, update.items);
  return {
    ...thread,
    loaded: true,
    items,
    status: update.status ?? thread.status,
    customer: update.customer ?? thread.customer,
    hasEarlier: knowsBeginning(thread, update) ? update.has_earlier : thread.hasEarlier,
  };
}

/** Only a batch that reaches as far back as what is held can tell what lies before it. */
function knowsBeginning(
  thread: Thread,
  update: ItemsUpdate,
): update is ItemsUpdate & { has_earlier: boolean } {
  if (update.has_earlier === undefined) return false;
  const held = thread.items[0]?.version ?? Number.POSITIVE_INFINITY;
  return !thread.loaded || (update.items[0]?.version ?? Number.POSITIVE_INFINITY) <= held;
}

export function withHistory(
  thread: Thread,
  page: { readonly items: readonly Item[]; readonly has_earlier: boolean },
): Thread {
  return {
    ...thread,
    items: mergeItems(thread.items, page.items),
    hasEarlier: page.has_earlier,
    askingEarlier: false,
  };
}

/** Two lists of items as one: ascending by version, each version once, the newer copy wins. */
export function mergeItems(known: readonly Item[], incoming: readonly Item[]): readonly Item[] {
  if (incoming.length === 0) return known;
  const last = known.at(-1);
  const first = incoming[0];
  if (first && (!last || first.version > last.version) && isAscending(incoming)) {
    return [...known, ...incoming];
  }
  const byVersion = new Map(known.map((item) => [item.version, item]));
  for (const item of incoming) byVersion.set(item.version, item);
  return [...byVersion.values()].sort((a, b) => a.version - b.version);
}

function isAscending(items: readonly Item[]): boolean {
  return items.every((item, index) => index === 0 || item.version > (items[index - 1]?.version ?? 0));
}

/** Marks only ever grow: a late frame can't turn "read" back into "delivered". */
export function withMarks(thread: Thread, marks: Mark): Thread {
  const read = Math.max(thread.marks.read, marks.read);
  const delivered = Math.max(thread.marks.delivered, marks.delivered, read);
  return { ...thread, marks: { delivered, read } };
}

export function lastVersion(thread: Thread): number {
  return thread.items.at(-1)?.version ?? 0;
}

/** When the customer last said something (ISO 8601), or null if nothing loaded says so. */
export function customersLastWordAt(items: readonly Item[]): string | null {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item?.kind === "message" && item.author === "customer") return item.at;
  }
  return null;
}

/** The newest message of an agent: the only one whose delivery mark is shown. */
export function lastOwnMessage(items: readonly Item[]): MessageItem | null {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item?.kind === "message" && item.author === "agent") return item;
  }
  return null;
}

/** The packet: how this conversation came to a human. */
export interface Packet {
  readonly how: HandoffCause | null;
  readonly askedAt: string | null;
  readonly joinedAt: string | null;
  /** Whole seconds from the wish to the first human after it; null while nobody has joined. */
  readonly waitedSeconds: number | null;
}

export function packetOf(items: readonly Item[]): Packet {
  let how: HandoffCause | null = null;
  let askedAt: string | null = null;
  let joinedAt: string | null = null;
  for (const item of items) {
    if (item.kind === "human_requested") {
      how = item.how;
      askedAt = item.at;
      joinedAt = null;
    } else if (item.kind === "returned_to_queue") {
      joinedAt = null;
    } else if (item.kind === "agent_joined") {
      joinedAt = item.at;
    }
  }
  const waited = askedAt && joinedAt ? Date.parse(joinedAt) - Date.parse(askedAt) : null;
  return {
    how,
    askedAt,
    joinedAt,
    waitedSeconds: waited === null ? null : Math.max(0, Math.round(waited / 1000)),
  };
}
