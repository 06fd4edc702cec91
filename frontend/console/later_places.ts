/** The console's places that are loaded when they are first opened. */

import type { ComponentType } from "preact";

import { later } from "../shared/later";
import type { laterNames } from "./route";
import { t } from "./words";

export interface PlaceProps {
  /** What follows the place's name in the address. */
  path: readonly string[];
  failed(error: unknown): "stop" | void;
}

const loading = (): string => t("loading");
const again = (): string => t("loadAgain");

export const laterPlaces: Record<(typeof laterNames)[number], ComponentType<PlaceProps>> = {
  people: later(
    "people",
    () => import("./people/place").then((place) => place.PeoplePlace),
    loading,
    again,
  ),
  dispatch: later(
    "dispatch",
    () => import("./dispatch/place").then((place) => place.DispatchPlace),
    loading,
    again,
  ),
  work: later(
    "work",
    () => import("./tools/place").then((place) => place.WorkPlace),
    loading,
    again,
  ),
  pay: later("pay", () => import("./pay/place").then((place) => place.PayPlace), loading, again),
};
