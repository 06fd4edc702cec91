/**
 * The two lists of the workspace: who waits for a human, and the agent's own conversations.
 * Pure: no clock, no network, no DOM.
 */

import type { ConversationCard, WaitingCard } from "../shared/frames";
import type { Counted } from "../shared/waiting";
import { lastVersion } from "./thread";
import type { Thread } from "./thread";

type Cards = readonly ConversationCard[];

export type Waiting = Counted<WaitingCard>;

/** How many in `after` were neither in `before` nor are `offered`: what is worth announcing. */
export function newcomers(
  before: readonly WaitingCard[],
  after: readonly WaitingCard[],
  offered: readonly string[] = [],
): number {
  const known = new Set([...before.map((entry) => entry.conversation), ...offered]);
  return after.filter((entry) => !known.has(entry.conversation)).length;
}

/**
 * A changed card in its list. A known one keeps its place (rows must not jump under a thumb);
 * a new one comes first.
 */
export function withCard(cards: Cards, card: ConversationCard): Cards {
  const index = cards.findIndex((known) => known.conversation === card.conversation);
  if (index < 0) return [card, ...cards];
  return cards.map((known, position) => (position === index ? card : known));
}

export function withoutCard(cards: Cards, conversation: string): Cards {
  return cards.filter((card) => card.conversation !== conversation);
}

/**
 * The card of a conversation that is followed: its thread knows the newest words, and how many
 * of the customer's came since `before`. The same card comes back when nothing changed.
 */
export function cardFrom(
  thread: Thread,
  before: Thread | undefined,
  known: ConversationCard | undefined,
  language: string,
): ConversationCard {
  const seenUpTo = before?.loaded ? lastVersion(before) : Number.POSITIVE_INFINITY;
  const fresh = thread.items.filter(
    (item) => item.version > seenUpTo && item.kind === "message" && item.author === "customer",
  ).length;
  if (known && fresh === 0) return known;
  return {
    conversation: thread.conversation,
    status: thread.status,
    customer: thread.customer.id ? thread.customer : (known?.customer ?? thread.customer),
    language: known?.language || language,
    last_at: thread.items.at(-1)?.at ?? known?.last_at ?? "",
    unread: (known?.unread ?? 0) + fresh,
  };
}

/** All own conversations as the server lists them, keeping the order already on screen. */
export function cardsFrom(fresh: Cards, known: Cards): Cards {
  const order = new Map(known.map((card, index) => [card.conversation, index]));
  const place = (card: ConversationCard) => order.get(card.conversation) ?? -1;
  return [...fresh].sort((a, b) => place(a) - place(b));
}

export function seen(cards: Cards, conversation: string): Cards {
  return cards.map((card) =>
    card.conversation === conversation && card.unread > 0 ? { ...card, unread: 0 } : card,
  );
}

/** Unread messages over all own conversations: the figure in the browser's title. */
export function unreadTotal(cards: Cards): number {
  return cards.reduce((sum, card) => sum + card.unread, 0);
}

/** A conversation that the agent has finished, and may read for a while. */
export interface Finished {
  readonly conversation: string;
  readonly name: string | null;
  readonly atMs: number;
}

const finishedShown = 5;
/** How long the server lets an agent read what they have finished. */
const readableMilliseconds = 15 * 60_000;

/** The newest first, each conversation once, none that can't be read any more. */
export function withFinished(known: readonly Finished[], entry: Finished): readonly Finished[] {
  const others = known.filter((each) => each.conversation !== entry.conversation);
  return stillReadable([entry, ...others], entry.atMs).slice(0, finishedShown);
}

export function stillReadable(known: readonly Finished[], nowMs: number): readonly Finished[] {
  return known.filter((each) => nowMs - each.atMs < readableMilliseconds);
}
