/** Small makers for the workspace's tests. */

import type { ConversationCard, Item, MessageItem, WaitingCard } from "../../shared/frames";

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
