/** Small makers for the workspace's tests. */

import type {
  ConversationCard,
  GoingOnline,
  Item,
  MessageItem,
  Offer,
  SessionFrame,
  WaitingCard,
} from "../../shared/frames";

export function said(version: number, author: MessageItem["author"], text = "…", more = {}): Item {
  const at = new Date(Date.UTC(2026, 4, 1, 12, 0, version)).toISOString();
  return { kind: "message", version, at, author, name: author === "agent" ? "Sara" : null, text, ...more };
}

export function card(conversation: string, more: Partial<ConversationCard> = {}): ConversationCard {
  return {
    conversation,
    status: "agent",
    customer: { id: `customer of ${conversation}`, name: null },
    language: "sv",
    last_at: "2026-05-01T12:00:00Z",
    unread: 0,
    ...more,
  };
}

export function waits(conversation: string, place: number, seconds: number): WaitingCard {
  return {
    conversation,
    place,
    waiting_seconds: seconds,
    asked_at: "2026-05-01T12:00:00Z",
    how: "button",
    language: "sv",
    topic: null,
  };
}

export function offer(id: string, more: Partial<Offer> = {}): Offer {
  return {
    id,
    conversation: `conversation of ${id}`,
    language: "sv",
    topic: "refund",
    skill: null,
    difficulty: 1,
    expected_minutes: 8,
    pay_minor: 6250,
    currency: "SEK",
    why: [],
    made_at: "2026-05-01T12:00:00Z",
    expires_at: "2026-05-01T12:00:20Z",
    seconds_left: 20,
    doubled: false,
    seen: false,
    ...more,
  };
}

export function session(more: Partial<SessionFrame> = {}): SessionFrame {
  return {
    type: "session",
    online: true,
    id: "s",
    since: "2026-05-01T12:00:00Z",
    capacity: "guaranteed",
    because: "",
    paused: null,
    choices: {
      languages: ["sv"],
      skills: { returns: 2 },
      slots: 2,
      quiet_topics: [],
      no_third_chat: false,
    },
    slots_open: 2,
    load: 0,
    chats: [],
    unseen_in_row: 0,
    offers: [],
    ...more,
  };
}

export function outlook(more: Partial<GoingOnline> = {}): GoingOnline {
  return {
    capacity: "guaranteed",
    because: "You are needed.",
    code: "needed",
    facts: { needed: 2, there: 1 },
    languages: ["sv", "en"],
    skills: [{ key: "returns", name: "Returns", level: 2 }],
    topics: [{ key: "refund", name: "Refund" }],
    last_choices: null,
    floor_minor_per_hour: 40_000,
    currency: "SEK",
    hours: [],
    ...more,
  };
}
