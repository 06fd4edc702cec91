/**
 * What the assistant has written so far. It stands outside the log that screen readers follow: the
 * message that takes its place is read out once, and is the one that counts.
 */

import { Bubble } from "../../shared/components";
import { host } from "./host";

export function Draft() {
  return (
    <div class="said draft">
      <Bubble>{host.draft.value}</Bubble>
    </div>
  );
}
