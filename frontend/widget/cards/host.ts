/**
 * What the cards borrow from the page, so that they bring no second copy of it along: the page
 * hands it over when it has loaded them.
 */

import type { ComponentType } from "preact";

import type { Arranged, CustomerQueue, Item, MessageItem } from "../../shared/frames";
import type { Store } from "../../shared/storage";
import type { Press } from "../desk";

interface Box<T> {
  value: T;
}

export interface Host {
  // The page's own maker of elements: the cards' must be known to it.
  jsx: (type: unknown, props: object, key?: unknown) => unknown;
  signal: <T>(value: T) => Box<T>;
  store: Store;
  queue: { readonly value: CustomerQueue | Arranged | null };
  items: { readonly value: readonly Item[] };
  conversation: { readonly value: string | null };
  /** What the assistant has written so far of an answer. */
  draft: { readonly value: string | undefined };
  folded: Box<boolean>;
  /** Whether a press on this card is on its way. */
  pressed: (card: number) => boolean;
  press: (button: Press) => void;
  choose: (card: number, choice: string, label: string) => void;
}

export interface Cards {
  ChoiceCard: ComponentType<{ item: MessageItem }>;
  Draft: ComponentType;
  Rating: ComponentType;
  WaitingCard: ComponentType;
}

export type CardsPart = { default: (host: Host) => Cards };

export let host: Host;

export function borrow(from: Host): void {
  host = from;
}

/** The language on the screen, which the page says of itself. */
export const language = (): string => document.documentElement.lang;

/** What Intl gets: the browser's own regional tag where it fits. */
export const locale = (): string =>
  navigator.languages.find((tag) => tag.split("-")[0] === language()) ?? language();
