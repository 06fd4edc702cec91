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
    case "on_offer":
      return t("errOnOffer");
    case "no_free_slot":
      return t("errNoSlot");
    case "offer_withdrawn":
    case "offer_expired":
    case "offer_declined":
    case "no_such_offer":
      return t("errOfferOver");
    case "no_language":
      return t("errNoLanguage");
    case "unread_message":
      return t("errUnread");
    case "not_yours":
      return t("readOnlyBack");
    default:
      return null;
  }
}
