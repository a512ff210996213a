// One request by Node's https module: https.mjs URL [NAME:VALUE ...]. Prints the status code.
import { get } from "node:https";

const [url, ...lines] = process.argv.slice(2);
const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
get(url, { headers, rejectUnauthorized: false, agent: false }, (answer) => {
  answer.resume();
  answer.on("end", () => console.log(answer.statusCode));
});
