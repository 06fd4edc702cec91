/** The server's refusals in the reader's language, where we know the code. */

import { t } from "./words";

export function refusalWords(code: string): string | null {
  switch (code) {
    case "already_taken":
    case "not_waiting":
      return t("errTaken");
    case "not_online":
    case "offline":
      return t("errOffline");
    case "unread_message":
      return t("errUnread");
    case "not_yours":
      return t("readOnlyBack");
    default:
      return null;
  }
}
