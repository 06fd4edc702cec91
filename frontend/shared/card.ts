/** Cards under an assistant's message, and presses on them. */

/** What the customer may press under an assistant's message. */
export interface Card {
  kind: "choose" | "confirm";
  title: string;
  lines: { label: string; value: string }[];
  choices: { id: string; label: string; style: "primary" | "plain" }[];
}

/** A press on a card: the version of the message that showed it, and the choice's id. */
export interface Pressed {
  card: number;
  choice: string;
}
