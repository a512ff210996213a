// One session of a driver that lives in Node: `node drive.mjs NAME URL SEED DECISION`. Prints what the page recorded.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const [name, url, seed, decision] = process.argv.slice(2);
const CHROMIUM = execFileSync("which", ["chromium"]).toString().trim();
const FLAGS = ["--no-sandbox", "--ignore-certificate-errors", "--window-size=1280,800", "--disable-blink-features=AutomationControlled"];
const CLICKS = 5;
// The script sends a second after a click, at most every three; a busy machine takes longer.
const SENT_MS = 60_000;
let state = Number(seed) * 2654435761 + 1;
const random = () => ((state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32);
const targets = Array.from({ length: CLICKS }, () => `#t${Math.floor(random() * 12)}`);

const drivers = {
  puppeteer: (run) => withPuppeteer((page) => run((target) => page.click(target), page)),
  "ghost-cursor": async (run) => {
    const { createCursor } = await import("ghost-cursor");
    return withPuppeteer((page) => {
      const cursor = createCursor(page);
      return run((target) => cursor.click(target), page);
    });
  },
  selenium: async (run) => {
    const { Builder, By, Origin } = (await import("selenium-webdriver")).default;
    const { Options } = await import("selenium-webdriver/chrome.js");
    const options = new Options().addArguments("--headless=new", ...FLAGS).setChromeBinaryPath(CHROMIUM);
    const browser = await new Builder().forBrowser("chrome").setChromeOptions(options).build();
    try {
      const page = { goto: (to) => browser.get(to), evaluate: (code) => browser.executeScript(`return ${code}`) };
      return await run(async (target) => browser.actions().move({ origin: await browser.findElement(By.css(target)) }).click().perform(), page);
    } finally {
      await browser.quit();
    }
  },
};

async function withPuppeteer(act) {
  const { default: puppeteer } = await import("puppeteer-core");
  const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: FLAGS, acceptInsecureCerts: true, defaultViewport: { width: 1280, height: 800 } });
  try {
    return await act(await browser.newPage());
  } finally {
    await browser.close();
  }
}

const recorded = await drivers[name](async (click, page) => {
  await page.goto(url);
  for (const target of targets) {
    await click(target);
    await sleep(150 + 250 * random());
  }
  // Until the script has sent what came last, however slow the machine.
  const begun = await page.evaluate("performance.now()");
  const sent = `performance.getEntriesByType("resource").some(({ name, startTime, responseEnd }) => name.endsWith("/beacon") && startTime > ${begun} && responseEnd)`;
  for (const until = Date.now() + SENT_MS; !(await page.evaluate(sent)) && Date.now() < until; ) await sleep(100);
  const seen = await page.evaluate("recorded()");
  await page.goto(decision);
  return seen;
});
console.log(JSON.stringify(recorded));
