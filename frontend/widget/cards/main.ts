/** The widget's cards, loaded with the first that is shown. */

import { ChoiceCard } from "./choice_card";
import { Draft } from "./draft";
import { borrow, type CardsPart } from "./host";
import { Rating } from "./rating";
import { WaitingCard } from "./waiting_card";

const begin: CardsPart["default"] = (host) => {
  borrow(host);
  return { ChoiceCard, Draft, Rating, WaitingCard };
};

export default begin;
