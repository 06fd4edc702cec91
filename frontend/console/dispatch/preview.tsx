/** What another policy would have changed. */

import { lengthWords } from "../../shared/durations";
import { locale } from "../../shared/i18n";
import { languageName } from "../../shared/told/told";
import type { Preview } from "./told";
import { t } from "./words";

export function PreviewView({ preview }: { preview: Preview }) {
  const other = preview.other_agent + preview.only_before + preview.only_after;
  return (
    <>
      <p>
        {t(preview.source === "recorded" ? "preRecorded" : "preSample", { n: preview.scenes })}{" "}
        {other === 0
          ? t("preSame", { n: preview.offers_before })
          : t("preOther", {
              same: preview.same,
              other: preview.other_agent,
              less: preview.only_before,
              more: preview.only_after,
            })}{" "}
        {preview.doubled_before !== preview.doubled_after &&
          t("preDoubled", { before: preview.doubled_before, after: preview.doubled_after })}
      </p>
      {preview.source === "recorded" && preview.examples.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("colWaited")}</th>
              <th scope="col">{t("colBefore")}</th>
              <th scope="col">{t("colAfter")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.examples.map((each) => (
              <tr key={each.conversation}>
                <th scope="row">
                  {lengthWords(each.waited_seconds, locale.value)}, {languageName(each.language)}
                </th>
                <td>{each.before ?? t("preNobody")}</td>
                <td>{each.after ?? t("preNobody")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
