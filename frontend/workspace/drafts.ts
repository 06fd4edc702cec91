/** What an agent has begun to write, kept for each conversation on this device. */

import { store } from "../shared/storage";

const key = (agent: string, conversation: string): string =>
  `alltid:draft:${agent}:${conversation}`;

export const drafts = {
  read: (agent: string, conversation: string): string => store.get(key(agent, conversation)) ?? "",
  keep(agent: string, conversation: string, text: string): void {
    if (text) store.set(key(agent, conversation), text);
    else store.remove(key(agent, conversation));
  },
};
