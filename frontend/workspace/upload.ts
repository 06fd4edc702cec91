/** Uploads a file for a conversation, telling how far it is. */

import { Problem, wordsOf } from "../shared/account/api";
import type { Attachment } from "../shared/frames";

/** Media types that a browser shows as a picture, and that the server has checked by content. */
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export const isPicture = (mediaType: string): boolean => pictures.has(mediaType);

export interface Upload {
  /** Throws a Problem when the file is refused, or the line breaks. */
  readonly done: Promise<Attachment>;
  cancel(): void;
}

export function upload(
  conversation: string,
  file: File,
  progress: (fraction: number) => void,
): Upload {
  // fetch() can't tell how much has gone out; XMLHttpRequest can.
  const request = new XMLHttpRequest();
  const done = new Promise<Attachment>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status < 200 || request.status > 299) {
        reject(new Problem(request.status, ...wordsOf(request.responseText)));
        return;
      }
      try {
        resolve(JSON.parse(request.responseText) as Attachment);
      } catch {
        reject(new Problem(request.status, "unknown", ""));
      }
    };
    request.onerror = () => reject(new Problem(0, "unreachable", ""));
    request.onabort = () => reject(new Problem(0, "cancelled", ""));
  });
  request.open("POST", `/api/agent/attachments?conversation=${encodeURIComponent(conversation)}`);
  request.setRequestHeader("content-type", file.type || "application/octet-stream");
  request.setRequestHeader("x-file-name", encodeURIComponent(file.name || "file"));
  request.send(file);
  return { done, cancel: () => request.abort() };
}
