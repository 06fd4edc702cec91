/**
 * Cards: to wait by, to choose by, to rate by. They are loaded with the first of them, since
 * most who open the chat need none.
 */

import { signal } from "@preact/signals";
import { jsx } from "preact/jsx-runtime";

import type { MessageItem } from "../shared/frames";
import { store } from "../shared/storage";
import type { Cards, CardsPart, Host } from "./cards/host";
import * as desk from "./desk";

/** Put in by the build: where the cards are. */
declare const PART_FILE: string;

/** The customer has chosen to wait on: the choices step back, the place stays. */
export const folded = signal(false);
const loaded = signal<Cards | null>(null);
let loading = false;

export function showQueueCard(): void {
  folded.value = false;
  document.getElementById("queue-card")?.focus();
}

function cards(): Cards | null {
  if (!loading) load();
  return loaded.value;
}

function load(): void {
  loading = true;
  const { queue, conversation, press, pressed, choose } = desk;
  const items = desk.log.items;
  const host = { jsx, signal, store, queue, items, conversation, folded, press, pressed, choose };
  (import(PART_FILE) as Promise<CardsPart>).then(
    (part) => (loaded.value = part.default(host as Host)),
    // What did not come is asked for again with the next change on the screen.
    () => (loading = false),
  );
}

export function QueueCard() {
  if (desk.status.value !== "waiting") {
    folded.value = false;
    return null;
  }
  const known = cards();
  return known && <known.WaitingCard />;
}

export function Rating() {
  const known = desk.status.value === "resolved" ? cards() : null;
  return known && <known.Rating />;
}

export function ChoiceCard({ item }: { item: MessageItem }) {
  const known = item.card ? cards() : null;
  return known && <known.ChoiceCard item={item} />;
}
