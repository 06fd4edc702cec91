/** The bar above the input that says when the line is down, or that something was refused. */

import { useEffect, useState } from "preact/hooks";

import { Button } from "../shared/components";
import { Close } from "../shared/icons";
import * as desk from "./desk";
import { t } from "./strings";

/** A blink of the network is mended before anyone needs to know of it. */
const patience = 1_200;

export function LineState() {
  const connection = desk.connection.value;
  const down = connection === "lost" || connection === "connecting";
  const [shown, show] = useState(false);
  const [lost, lose] = useState(false);
  useEffect(() => {
    if (connection === "lost") lose(true);
    if (connection === "live") lose(false);
    if (!down) return show(false);
    const timer = setTimeout(() => show(true), patience);
    return () => clearTimeout(timer);
  }, [connection]);

  const words =
    connection === "refused"
      ? t(desk.isCompany() ? "signedOut" : "refused")
      : down && shown && lost
        ? t("lost")
        : null;
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
            <Button look="icon" aria-label={t("skip")} onClick={() => (desk.notice.value = null)}>
              <Close />
            </Button>
          </p>
        )}
      </div>
    </>
  );
}
