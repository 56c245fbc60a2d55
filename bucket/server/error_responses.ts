/** An error in the form of S3 and Google's XML API. */
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

/** An error in Azure's form: its code is in a header, too. */
export function azureError(status: number, code: string, message: string): Response {
  return xmlError(status, code, `${message}\nRequestId:local\nTime:local`, {
    "x-ms-error-code": code,
  });
}
