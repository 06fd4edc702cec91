import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { ResumableSocket, SignedOut, type SocketParts } from "../../shared/socket";
import { FakeSocket, settled } from "./fake_socket";

type Frame = { type: string; [key: string]: unknown };

beforeEach(() => {
  FakeSocket.all = [];
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

function make(parts: Partial<SocketParts<Frame, Frame>> = {}) {
  const heard: Frame[] = [];
  const states: string[] = [];
  const socket = new ResumableSocket<Frame, Frame>({
    url: "ws://desk/socket",
    hello: () => ({ type: "hello", after: 7 }),
    receive: (frame) => void heard.push(frame),
    changed: (state) => void states.push(state),
    connect: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 1,
    ...parts,
  });
  return { socket, heard, states };
}

async function welcomed(socket: ResumableSocket<Frame, Frame>): Promise<FakeSocket> {
  if (socket.connection === "off") socket.start();
  await FakeSocket.last.accept();
  FakeSocket.last.hear({ type: "welcome" });
  return FakeSocket.last;
}

test("takes several frames that come in one piece, in their order", async () => {
  const { socket, heard } = make();
  socket.start();
  await FakeSocket.last.accept();
  FakeSocket.last.hear([{ type: "welcome" }, { type: "pong" }, 7, null, { type: "items" }]);
  assert.deepEqual(heard, [{ type: "welcome" }, { type: "pong" }, { type: "items" }]);
});

test("says hello first, and is live only once welcomed", async () => {
  const { socket, states, heard } = make();
  socket.start();
  assert.equal(socket.send({ type: "send" }), false);
  await FakeSocket.last.accept();
  assert.deepEqual(FakeSocket.last.sent, [{ type: "hello", after: 7, batch: true }]);
  assert.equal(socket.send({ type: "send" }), false);
  FakeSocket.last.hear({ type: "welcome" });
  assert.equal(socket.send({ type: "send" }), true);
  assert.deepEqual(states, ["connecting", "live"]);
  assert.deepEqual(heard, [{ type: "welcome" }]);
});

test("comes back with pauses that double from 0.3 s to 10 s", async () => {
  const { socket } = make();
  socket.start();
  for (const pause of [300, 600, 1200, 2400, 4800, 9600, 10_000, 10_000]) {
    const attempts = FakeSocket.all.length;
    await FakeSocket.last.end(1006);
    assert.equal(socket.connection, "lost");
    mock.timers.tick(pause - 1);
    assert.equal(FakeSocket.all.length, attempts, `no attempt before ${pause} ms`);
    mock.timers.tick(1);
    assert.equal(FakeSocket.all.length, attempts + 1, `an attempt after ${pause} ms`);
  }
});

test("the pause is jittered down to its half, never to nothing", async () => {
  const { socket } = make({ random: () => 0 });
  socket.start();
  await FakeSocket.last.end(1006);
  mock.timers.tick(149);
  assert.equal(FakeSocket.all.length, 1);
  mock.timers.tick(1);
  assert.equal(FakeSocket.all.length, 2);
});

test("a server that welcomes and hangs up at once is not hammered", async () => {
  const { socket } = make();
  for (const pause of [300, 600, 1200]) {
    const wire = await welcomed(socket);
    await wire.end(1012);
    mock.timers.tick(pause);
  }
  assert.equal(FakeSocket.all.length, 4);
  await welcomed(socket);
  mock.timers.tick(5_000);
  await FakeSocket.last.end(1012);
  mock.timers.tick(300);
  assert.equal(FakeSocket.all.length, 5, "after 5 s of calm the first pause is short again");
});

test("pings after 25 s of silence, and gives the line up when nothing answers", async () => {
  const { socket } = make();
  const wire = await welcomed(socket);
  mock.timers.tick(20_000);
  wire.hear({ type: "typing" });
  mock.timers.tick(24_999);
  assert.equal(wire.sent.length, 1);
  mock.timers.tick(1);
  assert.deepEqual(wire.sent[1], { type: "ping" });
  wire.hear({ type: "pong" });
  mock.timers.tick(25_000);
  assert.equal(wire.sent.length, 3);
  mock.timers.tick(12_000);
  assert.equal(socket.connection, "lost");
  assert.equal(wire.readyState, 3);
});

test("gives up on a server that accepts but never welcomes", async () => {
  const { socket } = make();
  socket.start();
  await FakeSocket.last.accept();
  mock.timers.tick(12_000);
  assert.equal(socket.connection, "lost");
});

test("4401 gets a new identity at once, a second one waits its turn", async () => {
  let renewed = 0;
  const { socket } = make({ renew: async () => void (renewed += 1) });
  socket.start();
  await FakeSocket.last.end(4401);
  assert.equal(renewed, 1);
  assert.equal(FakeSocket.all.length, 2);
  await FakeSocket.last.end(4401);
  assert.equal(renewed, 2);
  assert.equal(FakeSocket.all.length, 2);
  assert.equal(socket.connection, "lost");
});

test("is refused, and asks no more, when there is no new identity", async () => {
  const { socket } = make({
    renew: async () => {
      throw new SignedOut();
    },
  });
  socket.start();
  await FakeSocket.last.end(4401);
  assert.equal(socket.connection, "refused");
  mock.timers.tick(60_000);
  assert.equal(FakeSocket.all.length, 1);
  socket.restart();
  assert.equal(FakeSocket.all.length, 2);
});

test("a failed renewal is tried again later, not taken for a refusal", async () => {
  const { socket } = make({
    renew: async () => {
      throw new Error("network");
    },
  });
  socket.start();
  await FakeSocket.last.end(4401);
  assert.equal(socket.connection, "lost");
});

test("a renewal that ends after a stop opens nothing", async () => {
  let finish = (): void => undefined;
  const { socket } = make({ renew: () => new Promise((resolve) => (finish = resolve)) });
  socket.start();
  const ended = FakeSocket.last.end(4401);
  await settled();
  socket.stop();
  finish();
  await ended;
  await settled();
  assert.equal(FakeSocket.all.length, 1);
  assert.equal(socket.connection, "off");
});

test("flooding earns the longest pause", async () => {
  const { socket } = make();
  await welcomed(socket);
  await FakeSocket.last.end(4429);
  mock.timers.tick(9_999);
  assert.equal(FakeSocket.all.length, 1);
  mock.timers.tick(1);
  assert.equal(FakeSocket.all.length, 2);
});

test("the owner may stop the attempts", async () => {
  const { socket } = make({ closed: (code) => (code === 4403 ? "stop" : undefined) });
  socket.start();
  await FakeSocket.last.end(4403);
  assert.equal(socket.connection, "refused");
});

test("an old wire's late words reach nobody", async () => {
  const { socket, heard } = make();
  const old = await welcomed(socket);
  const { onmessage } = old;
  socket.restart();
  await welcomed(socket);
  onmessage?.({ data: JSON.stringify({ type: "items" }) });
  assert.deepEqual(heard, [{ type: "welcome" }, { type: "welcome" }]);
});

test("what is no frame is passed over", async () => {
  const { socket, heard } = make();
  const wire = await welcomed(socket);
  wire.onmessage?.({ data: "not json" });
  wire.onmessage?.({ data: "null" });
  wire.onmessage?.({ data: '{"no":"type"}' });
  assert.equal(heard.length, 1);
  assert.equal(socket.connection, "live");
});
