/**
 * What the messages on screen and the work tools tell each other. The tools are loaded later;
 * masked words are shown at once.
 */

import { signal } from "@preact/signals";

import type { MessageItem } from "../shared/frames";
import { Linked } from "../shared/linkify";
import type { Mask } from "../shared/mask";
import { t } from "./words";

export interface Asked extends Mask {
  readonly version: number;
}

/** The mask that the agent wants lifted: the tools ask for the reason. */
export const asked = signal<Asked | null>(null);
/** What was lifted in the conversation on screen, by `place`. */
export const lifted = signal<ReadonlyMap<string, string>>(new Map());
/** Grows when something beside a conversation changed: look again. */
export const changed = signal(0);

export const place = (version: number, index: number): string => `${version}/${index}`;

/** A message's words; personal data in them is a button that asks to see it. */
export function Said({ message }: { message: MessageItem }) {
  const masks = (message.masked ?? []).filter((each) => each.field === "text");
  // The server counts characters, not UTF-16 units.
  const letters = masks.length > 0 ? [...message.text] : [];
  const words = (from: number, to?: number): string => letters.slice(from, to).join("");
  let at = 0;
  return (
    <span id={`m${message.version}`} tabIndex={-1}>
      {masks.map((mask) => {
        const before = words(at, mask.start);
        at = mask.start + mask.length;
        return (
          <>
            <Linked text={before} />
            <Hidden version={message.version} mask={mask} shown={words(mask.start, at)} />
          </>
        );
      })}
      <Linked text={masks.length > 0 ? words(at) : message.text} />
    </span>
  );
}

function Hidden({ version, mask, shown }: { version: number; mask: Mask; shown: string }) {
  const value = lifted.value.get(place(version, mask.index));
  if (value !== undefined) return <b>{value}</b>;
  return (
    <button
      type="button"
      class="masked"
      aria-haspopup="dialog"
      aria-label={t("hidden", { shown })}
      onClick={() => {
        asked.value = { ...mask, version };
      }}
    >
      {shown}
    </button>
  );
}
