/** Messages that the server has stored and whose items have not come yet. */

import type { Item } from "../shared/frames";

export class Acks {
  readonly #waiting = new Map<string, { conversation: string; version: number }>();

  stored(conversation: string, clientId: string, version: number): void {
    this.#waiting.set(clientId, { conversation, version });
  }

  /** The client ids whose message is among `items`; they are forgotten here. */
  arrived(conversation: string, items: readonly Item[]): string[] {
    if (this.#waiting.size === 0) return [];
    const versions = new Set(items.map((item) => item.version));
    const here: string[] = [];
    for (const [clientId, ack] of this.#waiting) {
      if (ack.conversation !== conversation || !versions.has(ack.version)) continue;
      this.#waiting.delete(clientId);
      here.push(clientId);
    }
    return here;
  }
}
