/** Open offers as a screen keeps them. Pure: no clock, no network, no DOM. */

import type { Offer, OfferOverFrame } from "../../shared/frames";

/** An offer with the moment at which its time is up, on this browser's clock. */
export interface OpenOffer extends Offer {
  /** Milliseconds since 1970: a wrong clock here must not take seconds away. */
  readonly untilMs: number;
}

/** An offer that ended otherwise than by the agent's own yes. */
export interface EndedOffer {
  readonly offer: string;
  readonly because: OfferOverFrame["because"];
  readonly message: string;
  readonly topic: string | null;
}

/** How far a told end may lie from the known one and still be the same. */
const jitterMilliseconds = 1500;
/** A tap in the last second is still on its way, and so is the server's word that it's over. */
const lateMilliseconds = 4000;
export const endedShown = 3;

/** The server's list in the order in which the offers were made, each once. */
export function countOffers(
  fresh: readonly Offer[],
  known: readonly OpenOffer[],
  nowMs: number,
): readonly OpenOffer[] {
  const before = new Map(known.map((each) => [each.id, each]));
  const list = new Map<string, OpenOffer>();
  for (const offer of fresh) {
    const told = nowMs + offer.seconds_left * 1000;
    const old = before.get(offer.id);
    // The first told end stays, so that the ring doesn't jump with each frame's delay.
    const same = old && Math.abs(old.untilMs - told) < jitterMilliseconds;
    list.set(offer.id, { ...offer, untilMs: same ? old.untilMs : told });
  }
  return [...list.values()].sort((a, b) => a.untilMs - b.untilMs || (a.id < b.id ? -1 : 1));
}

export function newOffers(
  before: readonly OpenOffer[],
  after: readonly OpenOffer[],
): readonly OpenOffer[] {
  const known = new Set(before.map((each) => each.id));
  return after.filter((each) => !known.has(each.id));
}

/** Without those whose end must have been missed, as with the connection away. */
export function stillOpen(offers: readonly OpenOffer[], nowMs: number): readonly OpenOffer[] {
  return offers.filter((each) => each.untilMs + lateMilliseconds > nowMs);
}

/** Whole seconds left, never below zero. */
export function secondsLeft(offer: OpenOffer, nowMs: number): number {
  return Math.max(0, Math.ceil((offer.untilMs - nowMs) / 1000));
}

/** How much of the offer's time is left, from 1 to 0. */
export function shareLeft(offer: OpenOffer, nowMs: number): number {
  const whole = Date.parse(offer.expires_at) - Date.parse(offer.made_at);
  if (!(whole > 0)) return 0;
  return Math.min(1, Math.max(0, (offer.untilMs - nowMs) / whole));
}

/** The newest last, each offer once, and only a few: it is news, not a record. */
export function withEnded(
  known: readonly EndedOffer[],
  ended: EndedOffer,
): readonly EndedOffer[] {
  const others = known.filter((each) => each.offer !== ended.offer);
  return [...others, ended].slice(-endedShown);
}
