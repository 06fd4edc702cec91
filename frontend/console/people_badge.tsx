/** How many requests for a review are overdue, beside the way to them, wherever a lead is. */

import { useEffect, useState } from "preact/hooks";

import { api } from "../shared/account/api";
import { Poller } from "./poller";

const everyMilliseconds = 60_000;

export function PeopleBadge() {
  const [overdue, setOverdue] = useState(0);
  useEffect(() => {
    const poller = new Poller<{ reviews_overdue: number }>({
      ask: () => api("/api/console/people/waiting"),
      got: (counts) => setOverdue(counts.reviews_overdue),
      everyMilliseconds,
    });
    poller.start();
    return () => poller.stop();
  }, []);
  return overdue > 0 ? <span class="badge">{overdue}</span> : null;
}
