/**
 * Whether a client asks for a page: it names `text/html`, and likes it no less than JSON. What takes anything, as `curl`
 * and scripts do, gets JSON.
 *
 * @param accept The header `Accept`, if there is one.
 */
export function prefersHtml(accept: string | null): boolean {
  const html = qualityOf(accept ?? "", "text/html");
  return html > 0 && html >= qualityOf(accept ?? "", "application/json");
}

/** How much a client likes a type that it names, from 0 to 1. */
function qualityOf(accept: string, type: string): number {
  for (const range of accept.split(",")) {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return quality === undefined ? 1 : Number(quality) || 0;
  }
  return 0;
}
