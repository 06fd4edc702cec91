/** The bar above the input that says when the line is down, or that something was refused. */

import { effect, signal } from "@preact/signals";

import { Button } from "../shared/components";
import { Close } from "../shared/icons";
import * as desk from "./desk";
import { t } from "./strings";

/** A blink of the network is mended before anyone needs to know of it. */
const patience = 1_200;
const lost = signal(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export function followLine(): void {
  effect(() => {
    const connection = desk.connection.value;
    if (connection === "live" || connection === "off") {
      clearTimeout(timer);
      timer = undefined;
      lost.value = false;
    } else if (connection === "lost") timer ??= setTimeout(() => (lost.value = true), patience);
  });
}

export function LineState() {
  const words =
    desk.connection.value === "refused"
      ? t(desk.isCompany() ? "signedOut" : "refused")
      : lost.value && t("lost");
  return (
    <>
      <div role="status">
        {words && (
          <p class="bar amber">
            <span>{words}</span>
            <Button look="plain" onClick={desk.tryNow}>
              {t("tryNow")}
            </Button>
          </p>
        )}
      </div>
      <div role="alert">
        {desk.notice.value && (
          <p class="bar">
            <span>{desk.notice.value}</span>
            <Button look="icon" aria-label={t("dismiss")} onClick={() => (desk.notice.value = null)}>
              <Close />
            </Button>
          </p>
        )}
      </div>
    </>
  );
}
