/** The card of those who wait, loaded when one waits. */

import { WaitingCard } from "./card";
import { borrow, type WaitingPart } from "./host";

const begin: WaitingPart["default"] = (host) => {
  borrow(host);
  return WaitingCard;
};

export default begin;
