/** A WebSocket that a test plays both ends of. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: { type: string; [key: string]: unknown }[] = [];
  onopen: (() => unknown) | null = null;
  onmessage: ((event: { data: string }) => unknown) | null = null;
  onclose: ((event: { code: number }) => unknown) | null = null;
  onerror: (() => unknown) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1]!;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as { type: string });
  }

  close(): void {
    this.readyState = 3;
  }

  /** The server accepts; resolves once the hello has been written. */
  async accept(): Promise<void> {
    this.readyState = 1;
    await this.onopen?.();
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  async end(code: number): Promise<void> {
    this.readyState = 3;
    await this.onclose?.({ code });
    await settled();
  }
}

/** Lets all promises that are due run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}
