/**
 * Whether a client asks for a page: it names `text/html`, and prefers it to JSON, or accepts both alike. A client that
 * accepts anything, such as `curl` or a script, gets JSON.
 */
export function prefersHtml(accept: string | null): boolean {
  const html = qualityOf(accept ?? "", "text/html");
  return html > 0 && html >= qualityOf(accept ?? "", "application/json");
}

/** The quality that a client gives to a type that it names, from 0 to 1. */
function qualityOf(accept: string, type: string): number {
  for (const range of accept.split(",")) {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return quality === undefined ? 1 : Number(quality) || 0;
  }
  return 0;
}
