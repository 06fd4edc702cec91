/** Where an agent's page shows dots instead of personal data. */

export interface Mask {
  index: number;
  kind: "email" | "phone" | "account" | "card" | "identity" | "birth_date";
  /** `text`, `note`, `comment`, or a file's id. */
  field: string;
  /** In characters, not UTF-16 units. */
  start: number;
  length: number;
}
