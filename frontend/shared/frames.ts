/** The frames of both sockets and the shapes of the HTTP answers, as the server speaks them. */

export type Status = "assistant" | "waiting" | "agent" | "resolved";
export type Author = "customer" | "assistant" | "agent";
/** How the wish for a human came about. */
export type HandoffCause = "button" | "sentence" | "assistant_failed" | "handed_over";
export type ResolutionReason = "solved" | "not_solvable" | "customer_left" | "duplicate" | "other";

export interface Answering {
  kind: "assistant" | "agent";
  name: string;
}

export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size_bytes: number;
  /** A signed address that shows this one attachment and expires. */
  url: string;
}

export interface Source {
  title: string;
  url: string;
  date?: string | null;
}

interface ItemBase {
  version: number;
  /** ISO 8601 with a zone. */
  at: string;
}

export interface MessageItem extends ItemBase {
  kind: "message";
  author: Author;
  name: string | null;
  text: string;
  /** Only on one's own messages: the id it was sent under. */
  client_id?: string | null;
  attachments?: Attachment[];
  sources?: Source[];
  /** The assistant says that it does not know: the human button belongs under it. */
  offer_human?: boolean;
  card?: import("./card").Card;
  chosen?: import("./card").Pressed;
  /** Agents only: personal data that is hidden in what is shown, by place in characters. */
  masked?: import("./mask").Mask[];
  /** Agents only: not shown while a block awaits a lead's decision. */
  muted?: boolean;
}

export interface HumanRequestedItem extends ItemBase {
  kind: "human_requested";
  how: HandoffCause;
  because?: string;
  text?: string;
}

export interface ResolvedItem extends ItemBase {
  kind: "resolved";
  by?: string | null;
  /** Agents only. */
  reason?: ResolutionReason;
  note?: string | null;
}

export type Item =
  | MessageItem
  | HumanRequestedItem
  | ResolvedItem
  | (ItemBase & { kind: "queue_left" })
  | (ItemBase & { kind: "callback_booked"; callback_at: string })
  | (ItemBase & { kind: "callback_cancelled" | "written_chosen" | "written_cancelled" })
  | (ItemBase & { kind: "agent_joined"; name: string })
  | (ItemBase & { kind: "returned_to_queue" })
  | (ItemBase & { kind: "reopened" })
  | (ItemBase & { kind: "rated"; score: number | null; solved: boolean; comment?: string | null });

export interface Mark {
  delivered: number;
  read: number;
}

export interface Wait {
  low_seconds: number;
  high_seconds: number;
}

export interface ErrorFrame {
  type: "error";
  client_id: string | null;
  code: string;
  message: string;
  retry_after_seconds: number | null;
  fatal: boolean;
}

export interface AckFrame {
  type: "ack";
  client_id: string;
  version?: number;
}

// --- the customer's socket ------------------------------------------------------------------

export interface CustomerWelcome {
  type: "welcome";
  conversation: string;
  customer: { id: string; name: string | null };
  version: number;
  status: Status;
  answering: Answering;
  marks: { agent: Mark; customer: Mark };
  company: string;
  has_earlier: boolean;
}

export interface CustomerItems {
  type: "items";
  conversation: string;
  version: number;
  status?: Status;
  answering?: Answering;
  items: Item[];
}

export interface CustomerQueue {
  type: "queue";
  place: number;
  ahead: number;
  /** Null when nobody is online: nothing is known then, and nothing is invented. */
  wait: Wait | null;
  online: number;
  /** Other ways than waiting, while nobody can be expected in time. */
  options?: { callback: string[]; written: boolean };
  callback_at?: undefined;
  written?: undefined;
}

/** How the customer waits, when not in line. */
export interface Arranged {
  type: "arranged";
  place?: undefined;
  callback_at: string | null;
  written: boolean;
}

export type CustomerIn =
  | CustomerWelcome
  | CustomerItems
  | CustomerQueue
  | Arranged
  | AckFrame
  | ErrorFrame
  | { type: "typing" | "draft"; who?: "agent" | "assistant"; name: string; text?: string }
  | { type: "marks"; party: "agent" | "customer"; delivered: number; read: number }
  | { type: "history"; items: Item[]; has_earlier: boolean }
  | { type: "pong" };

export type CustomerCommand =
  | { type: "send"; client_id: string; text: string; attachments: string[]; chosen?: import("./card").Pressed }
  | { type: "ask_human"; client_id: string }
  | { type: "stay_with_assistant"; client_id: string }
  | { type: "book_callback"; client_id: string; at: string }
  | { type: "cancel_callback" | "choose_written"; client_id: string }
  | {
      type: "rate";
      client_id: string;
      solved: boolean;
      score: number | null;
      comment: string | null;
    };

export type CustomerOut =
  | CustomerCommand
  | {
      type: "hello";
      token: string;
      conversation: string | null;
      after: number;
      language: string;
    }
  | { type: "typing" }
  | { type: "read"; version: number }
  | { type: "history"; before: number; limit: number }
  | { type: "ping" };

// --- the agent's socket ---------------------------------------------------------------------

export type Role = "agent" | "lead" | "admin";

export interface Agent {
  id: string;
  name: string;
  email: string;
  role: Role;
  languages: string[];
}

export interface ConversationCard {
  conversation: string;
  status: Status;
  customer: { id: string; name: string | null };
  language: string;
  last_at: string;
  unread: number;
}

export interface WaitingCard {
  conversation: string;
  place: number;
  waiting_seconds: number;
  asked_at: string;
  how: HandoffCause;
  language: string;
  topic: string | null;
}

/** What was promised before going online: the floor for each hour, or pay for work alone. */
export type Capacity = "guaranteed" | "standby";

/** The agent's own rules for offers. */
export interface Choices {
  languages: string[];
  /** Skill -> level, 1 to 3. */
  skills: Record<string, number>;
  slots: number;
  quiet_topics: string[];
  no_third_chat: boolean;
}

/** The choices as they are sent: which skills; the levels are the desk's to know. */
export type Chosen = Omit<Choices, "skills"> & { skills: string[] };

/** One reason: a code with its figures, and the English sentence for who doesn't know the code. */
export interface Why {
  because: string;
  facts: Record<string, unknown>;
  sentence: string;
}

export interface Offer {
  id: string;
  conversation: string;
  language: string;
  topic: string | null;
  skill: string | null;
  /** 1 to 3. */
  difficulty: number;
  expected_minutes: number;
  pay_minor: number;
  currency: string;
  why: Why[];
  made_at: string;
  expires_at: string;
  seconds_left: number;
  /** Someone else was asked at the same time. */
  doubled: boolean;
  seen: boolean;
}

/** The whole truth about the online session; it replaces what is known. */
export interface SessionFrame {
  type: "session";
  online: boolean;
  id: string | null;
  since: string | null;
  capacity: Capacity | null;
  because: string;
  paused: null | "agent" | "unseen_offers";
  choices: Choices | null;
  slots_open: number;
  load: number;
  chats: string[];
  unseen_in_row: number;
  offers: Offer[];
}

export interface OfferOverFrame {
  type: "offer_over";
  offer: string;
  conversation: string;
  because: "accepted" | "declined" | "expired" | "taken" | "customer_left" | "session_over";
  message: string;
}

export type AgentIn =
  | SessionFrame
  | OfferOverFrame
  | {
      type: "welcome";
      agent: Agent;
      online: boolean;
      online_since: string | null;
      conversations: ConversationCard[];
    }
  | { type: "queue"; waiting: WaitingCard[]; online_agents: number }
  | { type: "online"; online: boolean; since: string | null }
  | {
      type: "items";
      conversation: string;
      version: number;
      status?: Status;
      customer?: { id: string; name: string | null; typing?: boolean };
      items: Item[];
      has_earlier?: boolean;
    }
  | ({ type: "card" } & ConversationCard)
  | (AckFrame & { conversation?: string })
  | (ErrorFrame & { conversation?: string })
  | { type: "typing"; conversation: string; who: "customer" }
  | {
      type: "marks";
      conversation: string;
      party: "customer" | "agent";
      delivered: number;
      read: number;
    }
  | { type: "history"; conversation: string; items: Item[]; has_earlier: boolean }
  | { type: "beside"; conversation: string }
  | { type: "gone"; conversation: string; because: "taken" | "returned" | "resolved" }
  | { type: "pong" };

export type AgentCommand =
  | { type: "take"; client_id: string; conversation: string }
  // The server needs only the offer; the conversation is for whoever keeps the command.
  | { type: "accept_offer"; client_id: string; offer: string; conversation: string }
  | {
      type: "decline_offer";
      client_id: string;
      offer: string;
      conversation: string;
      reason: string | null;
    }
  | {
      type: "send";
      client_id: string;
      conversation: string;
      text: string;
      attachments: string[];
    }
  | { type: "return_to_queue"; client_id: string; conversation: string }
  | {
      type: "resolve";
      client_id: string;
      conversation: string;
      reason: ResolutionReason;
      note: string;
      /** Up to which version the agent has seen it: newer words must be read first. */
      seen: number;
    };

export type AgentOut =
  | AgentCommand
  | { type: "hello"; watching: Record<string, number> }
  | ({ type: "go_online"; shown: Capacity | null } & Chosen)
  | ({ type: "choose" } & Chosen)
  | { type: "pause" }
  | { type: "resume" }
  | { type: "go_offline"; hand_back: boolean }
  | { type: "offer_seen"; offer: string }
  | { type: "open"; conversation: string; after: number }
  | { type: "close"; conversation: string }
  | { type: "typing"; conversation: string }
  | { type: "read"; conversation: string; version: number }
  | { type: "history"; conversation: string; before: number; limit: number }
  | { type: "ping" };

// --- HTTP -----------------------------------------------------------------------------------

/** What going online would mean now. */
export interface GoingOnline {
  capacity: Capacity;
  /** Why, in English; in other words by `code` and `facts`. */
  because: string;
  code?: string;
  facts?: Record<string, number>;
  languages: string[];
  skills: { key: string; name: string; level: number }[];
  topics: { key: string; name: string }[];
  last_choices: Choices | null;
  floor_minor_per_hour: number;
  currency: string;
  /** The hours to come and how many they need; none while too little is known. */
  hours: { start: string; needed: number }[];
}

export interface Config {
  company: string;
  demo: boolean;
  sign_ins: string[];
  upload_limit_bytes: number;
  text_limit: number;
}

export interface HttpError {
  error: { code: string; message: string };
}
