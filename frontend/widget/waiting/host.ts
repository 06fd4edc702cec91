/**
 * What the card borrows from the page, so that it brings no second copy of it along: the page
 * hands it over when it has loaded the card.
 */

import type { ComponentType } from "preact";

import type { Arranged, CustomerQueue } from "../../shared/frames";
import type { Press } from "../desk";

interface Box<T> {
  value: T;
}

export interface Host {
  // The page's own maker of elements: the card's must be known to it.
  jsx: (type: unknown, props: object, key?: unknown) => unknown;
  signal: <T>(value: T) => Box<T>;
  queue: { readonly value: CustomerQueue | Arranged | null };
  folded: Box<boolean>;
  press: (button: Press) => void;
}

export type WaitingPart = { default: (host: Host) => ComponentType };

export let host: Host;

export function borrow(from: Host): void {
  host = from;
}

/** The language on the screen, which the page says of itself. */
export const language = (): string => document.documentElement.lang;

/** What Intl gets: the browser's own regional tag where it fits. */
export const locale = (): string =>
  navigator.languages.find((tag) => tag.split("-")[0] === language()) ?? language();
