/**
 * A socket that mends itself: it says hello, waits for the welcome, pings, notices silence,
 * and comes back with a growing, jittered pause. What to resend is the owner's matter (see
 * outbox.ts), done on each welcome.
 */

export type Connection =
  /** Not started, or stopped by its owner. */
  | "off"
  | "connecting"
  /** Welcomed: frames flow. */
  | "live"
  /** Lost; the next attempt is timed. */
  | "lost"
  /** The server does not let us in, and asking again would not help. */
  | "refused";

export const closeCodes = {
  notSignedIn: 4401,
  notYours: 4403,
  helloTooLate: 4408,
  tooLarge: 4413,
  flooding: 4429,
  restarting: 1012,
} as const;

/** What a renewal throws when there is no identity to be had without the person's help. */
export class SignedOut extends Error {}

export interface SocketParts<In, Out> {
  url: string;
  /** Builds the first frame; called for each attempt, so that `after` and the token are fresh. */
  hello(): Promise<Out> | Out;
  receive(frame: In): void;
  /** Called on each change; also when the next attempt has been timed. */
  changed?(connection: Connection): void;
  /** Gets a new identity after a 4401. */
  renew?(): Promise<void>;
  /** Called with each closing code; "stop" ends the attempts. */
  closed?(code: number): "stop" | void;
  /** For tests. */
  connect?(url: string): WebSocket;
  random?(): number;
}

const firstPause = 300;
const longestPause = 10_000;
const pingEvery = 25_000;
/** No word at all for this long after a ping, or before the welcome: the line is dead. */
const silenceLimit = 12_000;
/** A connection that held this long earns a quick first retry again. */
const heldLongEnough = 5_000;

type Timer = ReturnType<typeof setTimeout> | undefined;

/** The browser's events; a test has none. */
const page: Partial<Window> = globalThis.window ?? {};

export class ResumableSocket<In extends { type: string }, Out extends { type: string }> {
  connection: Connection = "off";
  private wire: WebSocket | null = null;
  private attempt = 0;
  private renewals = 0;
  /** The next attempt while lost; while live, the moment from which it counts as held. */
  private later: Timer;
  /** The watch over the line: the next ping, or the end of patience. */
  private pinging: Timer;

  constructor(private readonly parts: SocketParts<In, Out>) {}

  start(): void {
    if (this.connection !== "off" && this.connection !== "refused") return;
    this.attempt = this.renewals = 0;
    page.addEventListener?.("online", this.nudge);
    page.document?.addEventListener("visibilitychange", this.nudge);
    void this.open();
  }

  stop(): void {
    page.removeEventListener?.("online", this.nudge);
    page.document?.removeEventListener("visibilitychange", this.nudge);
    this.drop();
    this.become("off");
  }

  /** Starts over at once, for instance with another identity. */
  restart(): void {
    this.stop();
    this.start();
  }

  /** Sends now, or returns false: only a welcomed connection takes frames. */
  send(frame: Out): boolean {
    if (this.connection !== "live" || this.wire?.readyState !== 1) return false;
    this.wire.send(JSON.stringify(frame));
    return true;
  }

  /** The network or the person is back: tries at once instead of waiting out the pause. */
  readonly nudge = (): void => {
    if (page.document?.hidden) return;
    if (this.connection === "lost") void this.open();
    // After a sleep, a line that looks alive may have died long ago.
    if (this.connection === "live") this.probe();
  };

  private async open(): Promise<void> {
    this.drop();
    this.become("connecting");
    const wire = this.parts.connect?.(this.parts.url) ?? new WebSocket(this.parts.url);
    this.wire = wire;
    const current = (): boolean => this.wire === wire;
    wire.onopen = async () => {
      try {
        const hello = await this.parts.hello();
        // Several frames may come in one piece: it spares both sides work when much happens.
        if (current()) wire.send(JSON.stringify({ ...hello, batch: true }));
      } catch (error) {
        if (!current()) return;
        if (error instanceof SignedOut) this.refuse();
        else this.lose();
      }
    };
    wire.onmessage = (event: MessageEvent) => {
      if (current()) this.hear(event.data);
    };
    wire.onclose = (event: CloseEvent) => {
      if (current()) void this.closed(event.code);
    };
    this.expectWord();
  }

  private hear(data: unknown): void {
    for (const frame of parse<In>(data)) this.take(frame);
  }

  private take(frame: In): void {
    if (this.connection === "connecting" && frame.type === "welcome") {
      this.become("live");
      this.later = setTimeout(() => {
        this.attempt = this.renewals = 0;
      }, heldLongEnough);
    }
    if (this.connection === "live") this.listenOn();
    this.parts.receive(frame);
  }

  /** Each word heard puts off the next ping, and the verdict that the line is dead. */
  private listenOn(): void {
    clearTimeout(this.pinging);
    this.pinging = setTimeout(() => this.probe(), pingEvery);
  }

  private probe(): void {
    this.send({ type: "ping" } as Out);
    this.expectWord();
  }

  private expectWord(): void {
    clearTimeout(this.pinging);
    this.pinging = setTimeout(() => this.lose(), silenceLimit);
  }

  private async closed(code: number): Promise<void> {
    this.drop();
    if (this.parts.closed?.(code) === "stop") return this.refuse();
    if (code === closeCodes.flooding) this.attempt = 6;
    if (code !== closeCodes.notSignedIn || !this.parts.renew) return this.lose();
    this.become("connecting");
    try {
      await this.parts.renew();
    } catch (error) {
      if (error instanceof SignedOut) return this.refuse();
      return this.lose();
    }
    // It may have been stopped or restarted meanwhile.
    if (this.connection !== "connecting" || this.wire) return;
    // A fresh identity that is refused again is not a reason to hammer the server.
    this.renewals += 1;
    if (this.renewals > 1) this.lose();
    else void this.open();
  }

  private lose(): void {
    this.drop();
    const full = Math.min(longestPause, firstPause * 2 ** this.attempt);
    const random = this.parts.random ?? Math.random;
    this.attempt += 1;
    this.later = setTimeout(() => void this.open(), full * (0.5 + random() / 2));
    this.become("lost");
  }

  private refuse(): void {
    this.drop();
    this.become("refused");
  }

  private become(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.parts.changed?.(connection);
  }

  /** Lets go of the wire without waiting for its close: a dead line never tells. */
  private drop(): void {
    clearTimeout(this.pinging);
    clearTimeout(this.later);
    const wire = this.wire;
    this.wire = null;
    if (!wire) return;
    wire.onopen = wire.onmessage = wire.onclose = wire.onerror = null;
    if (wire.readyState < 2) wire.close();
  }
}

/** One frame, or a list of them; what is neither is passed over. */
function parse<In extends { type: string }>(data: unknown): In[] {
  try {
    const frames: (In | null)[] = [JSON.parse(String(data))].flat();
    return frames.filter((each) => typeof each?.type === "string") as In[];
  } catch {
    return [];
  }
}

/** The address of one of our sockets, on the page's own server. */
export function socketUrl(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}
