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

export class ResumableSocket<In extends { type: string }, Out extends { type: string }> {
  connection: Connection = "off";
  private wire: WebSocket | null = null;
  private attempt = 0;
  private renewals = 0;
  private timers = new Set<ReturnType<typeof setTimeout>>();
  /** The watch over the line: the next ping, or the end of patience. */
  private pinging: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: SocketParts<In, Out>) {}

  start(): void {
    if (this.connection !== "off" && this.connection !== "refused") return;
    this.attempt = 0;
    this.renewals = 0;
    if (typeof window !== "undefined") {
      window.addEventListener("online", this.nudge);
      document.addEventListener("visibilitychange", this.nudge);
    }
    void this.open();
  }

  stop(): void {
    if (typeof window !== "undefined") {
      window.removeEventListener("online", this.nudge);
      document.removeEventListener("visibilitychange", this.nudge);
    }
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
    if (this.connection !== "lost" || (typeof document !== "undefined" && document.hidden)) return;
    void this.open();
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
        if (current()) wire.send(JSON.stringify(hello));
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
    this.pinging = this.after(silenceLimit, () => this.lose());
  }

  private hear(data: unknown): void {
    const frame = parse<In>(data);
    if (!frame) return;
    if (this.connection === "connecting" && frame.type === "welcome") {
      this.become("live");
      this.after(heldLongEnough, () => {
        this.attempt = 0;
        this.renewals = 0;
      });
    }
    if (this.connection === "live") this.listenOn();
    this.parts.receive(frame);
  }

  /** Each word heard puts off the next ping, and the verdict that the line is dead. */
  private listenOn(): void {
    this.clear(this.pinging);
    this.pinging = this.after(pingEvery, () => {
      this.send({ type: "ping" } as Out);
      this.pinging = this.after(silenceLimit, () => this.lose());
    });
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
    this.after(full * (0.5 + random() / 2), () => void this.open());
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
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    const wire = this.wire;
    this.wire = null;
    if (!wire) return;
    wire.onopen = wire.onmessage = wire.onclose = wire.onerror = null;
    if (wire.readyState < 2) wire.close();
  }

  private after(milliseconds: number, act: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, milliseconds);
    this.timers.add(timer);
    return timer;
  }

  private clear(timer: ReturnType<typeof setTimeout> | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.timers.delete(timer);
  }
}

function parse<In extends { type: string }>(data: unknown): In | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof (frame as In | null)?.type === "string" ? (frame as In) : null;
  } catch {
    return null;
  }
}

/** The address of one of our sockets, on the page's own server. */
export function socketUrl(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}
