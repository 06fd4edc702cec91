/** Asks the desk and asks again, and gives the latest answer. */

import { useEffect, useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { Poller } from "../poller";

export type Failed = (error: unknown) => "stop" | void;

/** Null until the first answer to this path has come. */
export function useAsked<T>(path: string, failed: Failed, everyMilliseconds = 15_000): T | null {
  const [answer, setAnswer] = useState<{ path: string; told: T } | null>(null);
  useEffect(() => {
    const poller = new Poller<T>({
      ask: () => api<T>(path),
      got: (told) => setAnswer({ path, told }),
      failed,
      everyMilliseconds,
    });
    poller.start();
    return () => poller.stop();
  }, [path]);
  return answer?.path === path ? answer.told : null;
}
