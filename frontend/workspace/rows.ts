/**
 * Items as the rows of a screen: days, system lines, and messages grouped by who speaks.
 * Pure: no clock, no DOM.
 */

import type { Author, Item, MessageItem } from "../shared/frames";
import { sameDay } from "../shared/time";
import type { Step } from "../shared/told/told";

export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "system"; readonly key: string; readonly item: Step }
  | {
      readonly kind: "group";
      readonly key: string;
      readonly author: Author;
      readonly name: string | null;
      readonly messages: readonly MessageItem[];
    };

/** Messages of one speaker stay together while no more than this lies between them. */
const togetherMilliseconds = 5 * 60_000;

export function rowsOf(items: readonly Item[]): readonly Row[] {
  const rows: Row[] = [];
  let day: Date | null = null;
  for (const item of items) {
    const at = new Date(item.at);
    if (!day || !sameDay(day, at)) {
      rows.push({ kind: "day", key: `day-${item.version}`, at: item.at });
      day = at;
    }
    if (item.kind !== "message") {
      rows.push({ kind: "system", key: `v${item.version}`, item });
      continue;
    }
    const last = rows.at(-1);
    if (last?.kind === "group" && belongs(last.messages.at(-1), item)) {
      rows[rows.length - 1] = { ...last, messages: [...last.messages, item] };
    } else {
      const { author, name } = item;
      rows.push({ kind: "group", key: `v${item.version}`, author, name, messages: [item] });
    }
  }
  return rows;
}

function belongs(before: MessageItem | undefined, item: MessageItem): boolean {
  return (
    before !== undefined &&
    before.author === item.author &&
    before.name === item.name &&
    Date.parse(item.at) - Date.parse(before.at) < togetherMilliseconds
  );
}

/** Whether an agent's message was written by the agent who reads: names are first names here. */
export function isOwn(name: string | null, agentName: string): boolean {
  return name === agentName || name === agentName.split(" ")[0];
}
