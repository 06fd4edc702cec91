/** Lifting one mask, with the reason that is recorded. */

import { useState } from "preact/hooks";

import { say } from "../../shared/account/strings";
import { Sheet } from "../../shared/account/sheet";
import { asked, lifted, place } from "../beside";
import type { Asked } from "../beside";
import { of, post } from "./beside";
import { Field, Form } from "./form";
import { t } from "./words";

const reasons = ["toolWhyIdentity", "toolWhyContact", "toolWhyFind", "toolWhyOther"] as const;

export function Unmask({ conversation, mask }: { conversation: string; mask: Asked }) {
  const [why, setWhy] = useState<(typeof reasons)[number] | null>(null);
  const [other, setOther] = useState("");
  const close = (): void => {
    asked.value = null;
  };

  function send(): string | Promise<unknown> {
    const reason = why === "toolWhyOther" ? other.trim() : why ? t(why) : "";
    if (reason.length < 3) return t("toolNeeded");
    const { version, index } = mask;
    return post<{ value: string }>(of(conversation, "unmask"), { version, index, reason }).then(
      ({ value }) => {
        lifted.value = new Map(lifted.value).set(place(version, index), value);
      },
    );
  }

  return (
    <Sheet title={t("toolUnmask")} closeLabel={say("close")} close={close}>
      <p class="quiet">{t("toolUnmaskMeans")}</p>
      <Form send={send} done={close} cancel={close} words={t("toolShow")}>
        <fieldset>
          <legend>{t("toolWhy")}</legend>
          {reasons.map((each) => (
            <label key={each} class="choice">
              <input type="radio" name="why" checked={why === each} onChange={() => setWhy(each)} />
              <span>{t(each)}</span>
            </label>
          ))}
        </fieldset>
        {why === "toolWhyOther" && (
          <Field id="why-other" label={t("toolWhyOther")} value={other} most={200} set={setOther} />
        )}
      </Form>
    </Sheet>
  );
}
