/** What the desk needs of the page around it; a test brings its own. */

import type { GoingOnline } from "../shared/frames";
import type { Store } from "../shared/storage";
import type { OpenOffer } from "./online/offers";

export interface DeskParts {
  url: string;
  storage: Store;
  now(): number;
  /** A customer wrote in one of the agent's conversations. */
  heard?(conversation: string): void;
  /** A new offer is here. */
  offered?(offer: OpenOffer): void;
  /** What going online would mean now, with some of the agent's languages, or with all. */
  look(languages: readonly string[]): Promise<GoingOnline>;
  connect?(url: string): WebSocket;
}
