// One request by Node's fetch: fetch.mjs URL [NAME:VALUE ...]. Prints the status code.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.removeAllListeners("warning");
const [url, ...lines] = process.argv.slice(2);
const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
const answer = await fetch(url, { headers });
await answer.arrayBuffer();
console.log(answer.status);
