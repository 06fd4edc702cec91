/**
 * What was sent and is not yet acknowledged. It lives in localStorage, so that a sent text
 * survives a reload; it goes out again under the same client_id, which the server knows.
 */

import { signal } from "@preact/signals";

import type { Store } from "./storage";

export interface Command {
  type: string;
  client_id: string;
}

export interface Entry<C extends Command> {
  command: C;
  /** When it was first sent, in milliseconds. */
  at: number;
  /** Why the server refused it; null while it is under way. A failed one waits for its sender. */
  failed: string | null;
}

export const outboxLimit = 100;
/** After this long, the sender decides whether it still should go out. */
const staleMilliseconds = 60 * 60_000;

export class Outbox<C extends Command> {
  readonly entries = signal<readonly Entry<C>[]>([]);
  private key: string | null = null;

  constructor(
    private readonly storage: Store,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes up what `scope` (a conversation, an agent) left unsent; keeps what is here already. */
  open(scope: string, staleWords = ""): void {
    const key = `alltid:outbox:${scope}`;
    // What is here moves along: it must not go out from under the old key as well.
    if (this.key !== null && this.key !== key) this.storage.remove(this.key);
    this.key = key;
    const here = new Set(this.entries.value.map((each) => each.command.client_id));
    const left = this.read()
      .filter((each) => !here.has(each.command.client_id))
      .map((each) =>
        this.now() - each.at > staleMilliseconds ? { ...each, failed: staleWords } : each,
      );
    this.entries.value = [...left, ...this.entries.value];
    for (const each of this.entries.value) this.write(each);
  }

  /** Lets go of the scope; what is stored stays stored. */
  leave(): void {
    this.key = null;
    this.entries.value = [];
  }

  /** False when it is full: the sender keeps the text and is told. */
  add(command: C): boolean {
    if (this.entries.value.length >= outboxLimit) return false;
    const entry = { command, at: this.now(), failed: null };
    this.entries.value = [...this.entries.value, entry];
    this.write(entry);
    return true;
  }

  /** It is stored by the server (an ack, or the item itself came): nothing is owed any more. */
  settle(clientId: string): void {
    if (!this.has(clientId)) return;
    this.entries.value = this.entries.value.filter((each) => each.command.client_id !== clientId);
    this.save((all) => all.filter((each) => each.command.client_id !== clientId));
  }

  fail(clientId: string, words: string): void {
    this.change(clientId, (entry) => ({ ...entry, failed: words }));
  }

  /** Makes a failed one due again and gives it back for sending. */
  revive(clientId: string): C | null {
    this.change(clientId, (entry) => ({ ...entry, failed: null, at: this.now() }));
    return this.entries.value.find((each) => each.command.client_id === clientId)?.command ?? null;
  }

  has(clientId: string): boolean {
    return this.entries.value.some((each) => each.command.client_id === clientId);
  }

  /** What goes out after each welcome, oldest first. */
  due(): C[] {
    return this.entries.value.filter((each) => each.failed === null).map((each) => each.command);
  }

  private change(clientId: string, change: (entry: Entry<C>) => Entry<C>): void {
    this.entries.value = this.entries.value.map((each) => {
      if (each.command.client_id !== clientId) return each;
      const changed = change(each);
      this.write(changed);
      return changed;
    });
  }

  /** Other tabs use the same key: each write touches its own entry only. */
  private write(entry: Entry<C>): void {
    const id = entry.command.client_id;
    this.save((all) => {
      const place = all.findIndex((each) => each.command.client_id === id);
      return place < 0 ? [...all, entry] : all.map((each, i) => (i === place ? entry : each));
    });
  }

  private save(change: (all: Entry<C>[]) => Entry<C>[]): void {
    if (!this.key) return;
    const all = change(this.read());
    if (all.length > 0) this.storage.set(this.key, JSON.stringify(all));
    else this.storage.remove(this.key);
  }

  private read(): Entry<C>[] {
    if (!this.key) return [];
    try {
      const all: unknown = JSON.parse(this.storage.get(this.key) ?? "[]");
      return Array.isArray(all) ? all.filter(isEntry<C>) : [];
    } catch {
      return [];
    }
  }
}

function isEntry<C extends Command>(value: unknown): value is Entry<C> {
  const entry = value as Partial<Entry<C>> | null;
  return typeof entry?.command?.client_id === "string" && typeof entry.at === "number";
}

/** A new client_id, a version 4 UUID. (crypto.randomUUID is missing on pages over plain http.) */
export function newClientId(): string {
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () =>
    (crypto.getRandomValues(new Uint8Array(1))[0]! & 15).toString(16),
  );
}
