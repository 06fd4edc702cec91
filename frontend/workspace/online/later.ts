/** What the page shows only now and then, loaded right after its first screen. */

import { later } from "../../shared/later";
import { t } from "../words";

const part = () => import("./part");
const nothing = () => "";
const again = () => t("again");

export const Online = later("online", async () => (await part()).Online, nothing, again);
export const Settings = later("online", async () => (await part()).Settings, nothing, again);
export const FinishSheet = later("online", async () => (await part()).FinishSheet, nothing, again);
export const GiveBackSheet = later("online", async () => (await part()).GiveBackSheet, nothing, again);
export const PayMeter = later("meter", async () => (await import("../meter")).HomeMeter, nothing, again);
