/** A list that grows page by page downwards, and whose first page stays fresh. */

import { useEffect, useState } from "preact/hooks";

import { joinPages } from "./overview";
import { Poller } from "./poller";

export interface Paged<E> {
  /** Null until the first answer. */
  readonly entries: readonly E[] | null;
  readonly hasMore: boolean;
  more(): void;
}

export const pageSize = 50;
const freshEveryMilliseconds = 5000;

/** `ask` gets the last entry known (or null) and gives the page after it. */
export function usePaged<E extends { readonly id: string | number }>(
  ask: (after: E | null) => Promise<readonly E[]>,
  failed: (error: unknown) => "stop" | void,
  key: string,
): Paged<E> {
  const [first, setFirst] = useState<readonly E[] | null>(null);
  const [older, setOlder] = useState<readonly E[]>([]);
  const [full, setFull] = useState(false);

  useEffect(() => {
    setFirst(null);
    setOlder([]);
    setFull(false);
    const poller = new Poller<readonly E[]>({
      ask: () => ask(null),
      got: (page) => {
        setFirst(page);
        setFull((known) => known || page.length === pageSize);
      },
      failed,
      everyMilliseconds: freshEveryMilliseconds,
    });
    poller.start();
    return () => poller.stop();
  }, [key]);

  const entries = first && joinPages([first, older]);
  return {
    entries,
    hasMore: full,
    more() {
      const last = entries?.at(-1);
      if (!last) return;
      ask(last).then(
        (page) => {
          setOlder((known) => [...known, ...page]);
          setFull(page.length === pageSize);
        },
        (error: unknown) => void failed(error),
      );
    },
  };
}
