/** Everything that is kept about me, to take along. */

import { t } from "./words";

export function DataPage() {
  return (
    <>
      <p>{t("dataMeans")}</p>
      <section class="card stack">
        <h3>{t("exportTitle")}</h3>
        <p>{t("exportHolds")}</p>
        <a class="button primary" href="/api/agent/me/export" download>
          {t("exportNow")}
        </a>
        <p class="quiet">
          {t("exportSigned")} <a href="/.well-known/alltid-export-keys.json">{t("exportKeys")}</a>
        </p>
      </section>
    </>
  );
}
