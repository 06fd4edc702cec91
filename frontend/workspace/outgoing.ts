/**
 * The agent's commands on their way: messages, kept over a reload, and the steps of a
 * conversation (accept, take, give back, finish), which are not: after one they would be a surprise.
 */

import type { AgentCommand, Item } from "../shared/frames";
import { Outbox } from "../shared/outbox";
import { memoryStore } from "../shared/storage";
import type { Store } from "../shared/storage";
import type { Thread } from "./thread";

export type SendCommand = Extract<AgentCommand, { type: "send" }>;
export type StepCommand = Exclude<AgentCommand, SendCommand>;

export class Outgoing {
  readonly sends: Outbox<SendCommand>;
  readonly steps: Outbox<StepCommand>;
  /** Acknowledged messages whose items have not come yet: client id -> where they will be. */
  readonly #stored = new Map<string, { conversation: string; version: number }>();

  constructor(storage: Store, now: () => number) {
    this.sends = new Outbox<SendCommand>(storage, now);
    this.steps = new Outbox<StepCommand>(memoryStore(), now);
  }

  /** What goes out after each welcome, steps first. */
  due(): AgentCommand[] {
    return [...this.steps.due(), ...this.sends.due()];
  }

  /** False when one is under way already, so that a second press changes nothing. */
  addStep(command: StepCommand): boolean {
    return !this.stepUnderWay(command.conversation) && this.steps.add(command);
  }

  stepUnderWay(conversation: string): StepCommand["type"] | null {
    const entry = this.steps.entries.value.find(
      (each) => each.command.conversation === conversation,
    );
    return entry?.command.type ?? null;
  }

  step(clientId: string): StepCommand | null {
    const entry = this.steps.entries.value.find((each) => each.command.client_id === clientId);
    return entry?.command ?? null;
  }

  /** The server has stored a command; gives back the step that it was, if it was one. */
  acked(
    clientId: string,
    version: number | undefined,
    threads: ReadonlyMap<string, Thread>,
  ): StepCommand | null {
    const step = this.step(clientId);
    this.steps.settle(clientId);
    const send = this.sends.entries.value.find((each) => each.command.client_id === clientId);
    if (send) {
      const { conversation } = send.command;
      const thread = threads.get(conversation);
      const here = thread?.items.some((item) => item.version === version);
      // It stays on screen until its item is here, so that it never blinks.
      if (version === undefined || here || !thread?.loaded) this.sends.settle(clientId);
      else this.#stored.set(clientId, { conversation, version });
    }
    return step;
  }

  /** Messages that are on screen as items now are not on their way any more. */
  arrived(conversation: string, items: readonly Item[]): void {
    const versions = new Set<number>();
    for (const item of items) {
      versions.add(item.version);
      if (item.kind === "message" && item.client_id) this.sends.settle(item.client_id);
    }
    for (const [clientId, stored] of this.#stored) {
      if (stored.conversation !== conversation || !versions.has(stored.version)) continue;
      this.#stored.delete(clientId);
      this.sends.settle(clientId);
    }
  }
}
