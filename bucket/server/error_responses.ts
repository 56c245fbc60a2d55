/** An error as S3 and Google's XML API word it. */
export function xmlError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Response(body, { status, headers: { "content-type": "application/xml", ...headers } });
}

/** An error as Azure words it: its code stands in a header, too. */
export function azureError(status: number, code: string, message: string): Response {
  return xmlError(status, code, `${message}\nRequestId:local\nTime:local`, {
    "x-ms-error-code": code,
  });
}
