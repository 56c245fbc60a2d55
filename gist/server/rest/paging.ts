/** A part of a list. */
interface Page {
  /** Counted from 1. */
  readonly number: number;
  /** The number of entries on each page. */
  readonly size: number;
}

/** Reads `page` and `per_page`, which is 1 to 100, by default 30. */
export function readPage(parameters: URLSearchParams): Page {
  const read = (name: string, otherwise: number) => {
    const number = Math.trunc(Number(parameters.get(name)));
    return number >= 1 ? number : otherwise;
  };
  return { number: read("page", 1), size: Math.min(read("per_page", 30), 100) };
}

/** Returns the `Link` header of a page; empty if there is only one page. */
export function pageLinks(url: string, { number, size }: Page, count: number): string {
  const last = Math.max(1, Math.ceil(count / size));
  const links = [
    ...(number > 1 ? [["prev", number - 1]] : []),
    ...(number < last ? [["next", number + 1], ["last", last]] : []),
    ...(number > 1 ? [["first", 1]] : []),
  ];
  return links.map(([relation, page]) =>
    `<${url}?per_page=${size}&page=${page}>; rel="${relation}"`
  ).join(", ");
}
