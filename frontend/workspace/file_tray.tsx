/** The files beside the text being written, with how far their upload is. */

import { Button } from "../shared/components";
import { Close, File } from "../shared/icons";
import type { Files } from "./files";
import { t } from "./words";

export function FileTray({ files }: { files: Files }) {
  return (
    <>
      {files.entries.length > 0 && (
        <ul class="plain-list tray">
          {files.entries.map((entry) => (
            <li key={entry.key}>
              <File />
              <span class="tray-name">
                {entry.name}
                {entry.attachment === null && (
                  <progress aria-label={entry.name} value={entry.fraction} max={1}>
                    {t("uploading", { percent: Math.round(entry.fraction * 100) })}
                  </progress>
                )}
              </span>
              <Button
                look="icon"
                aria-label={t("removeFile", { name: entry.name })}
                onClick={() => files.remove(entry.key)}
              >
                <Close />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <p class="problem" role="alert">
        {files.problem}
      </p>
    </>
  );
}
