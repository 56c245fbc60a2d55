/** The page that these tests are about. */
export const PAGE: string = await Deno.readTextFile(
  new URL("../../docs/fencing.md", import.meta.url),
);

/** The code blocks of the page with exactly this language, such as `ts` or `ts ignore`, in order. */
export function blocks(language: string): string[] {
  const found = PAGE.matchAll(/^```([^\n]*)\n(.*?)^```$/gms);
  return [...found].filter(([, name]) => name === language).map(([, , code]) => code ?? "");
}
