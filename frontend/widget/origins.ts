/** The sites that the server lets embed us, and ourselves. No wildcard: identify is trusted. */
export function allowedOrigins(content: string, own: string): string[] {
  return [own, ...content.split(/[\s,]+/).filter((each) => /^https?:\/\/[\w.:[\]-]+$/.test(each))];
}
