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
  // All of it, which takes fewer bytes than to name what they need of it (see Host).
  const host = { ...desk, items: desk.log.items, jsx, signal, store, folded };
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

export function Draft() {
  const known = desk.draft.value ? cards() : null;
  return known && <known.Draft />;
}

export function ChoiceCard({ item }: { item: MessageItem }) {
  const known = item.card ? cards() : null;
  return known && <known.ChoiceCard item={item} />;
}
