/**
 * The request's body, or one byte more than `most` of it: what is longer is refused, and is not read to its end.
 *
 * @param {Request} request
 * @param {number} most
 * @returns {Promise<Uint8Array>}
 */
export async function bodyOf(request, most) {
  const body = new Uint8Array(most + 1);
  let length = 0;
  const reader = request.body?.getReader();
  while (reader !== undefined && length < body.length) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(0, body.length - length);
    body.set(part, length);
    length += part.length;
  }
  if (length > most) reader?.cancel().catch(() => {});
  return body.subarray(0, length);
}
