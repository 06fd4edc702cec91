/** While waiting: a card that is loaded then, since most who open the chat never wait. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { jsx } from "preact/jsx-runtime";

import * as desk from "./desk";
import type { Host, WaitingPart } from "./waiting/host";

/** Put in by the build: where the card is. */
declare const PART_FILE: string;

/** The customer has chosen to wait on: the choices step back, the place stays. */
export const folded = signal(false);
const card = signal<ComponentType | null>(null);
let loading = false;

export function showQueueCard(): void {
  folded.value = false;
  document.getElementById("queue-card")?.focus();
}

function load(): void {
  loading = true;
  (import(PART_FILE) as Promise<WaitingPart>).then(
    (part) =>
      (card.value = part.default({
        jsx: jsx as Host["jsx"],
        signal,
        folded,
        queue: desk.queue,
        press: desk.press,
      })),
    // What did not come is asked for again with the next change on the screen.
    () => (loading = false),
  );
}

export function QueueCard() {
  if (desk.status.value !== "waiting") {
    folded.value = false;
    return null;
  }
  const Card = card.value;
  if (!loading) load();
  return Card && <Card />;
}
