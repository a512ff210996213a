import { DurableObject } from "cloudflare:workers";
import module from "../dist/outwork.wasm";
import { stepWith } from "./stepper.js";

/** The most words that one object keeps: about 100 bytes each, 10 MB. */
const MOST = 100_000;
/** How many of them give way at once: the ones that say nothing any more soonest. They are found by reading all. */
const MAKE_WAY = MOST / 16;
/** Milliseconds between the first word that is kept and the first look at what can go. */
const TIDY_AFTER = 600_000;

const TABLE = "CREATE TABLE IF NOT EXISTS words (key TEXT PRIMARY KEY, word TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID";

/**
 * The words of the global limits whose keys are in one shard. It steps them by the same code as every other store; what is kept
 * survives the object's eviction and every deployment.
 *
 * @extends {DurableObject<unknown>}
 */
export class Limits extends DurableObject {
  #sql;
  #rows;
  /** Whether an alarm is set. */
  #tidies = false;
  /** Settings that a test makes smaller. */
  most = MOST;
  makeWay = MAKE_WAY;
  tidyAfter = TIDY_AFTER;

  /**
   * @param {DurableObjectState} state
   * @param {unknown} env
   */
  constructor(state, env) {
    super(state, env);
    this.#sql = state.storage.sql;
    this.#sql.exec(TABLE);
    this.#rows = this.#count();
    state.blockConcurrencyWhile(async () => {
      this.#tidies = (await state.storage.getAlarm()) !== null;
    });
  }

  /**
   * Makes charges, each the key of its word and what `Charge::to_bytes` wrote. All of them are kept, or none.
   *
   * @param {[key: string, charge: string][]} charges
   * @returns {Promise<(string | null)[]>} The outcomes, null where a charge cannot be read: it comes from another version.
   */
  async step(charges) {
    const now = Date.now();
    const outcomes = this.ctx.storage.transactionSync(() => charges.map(([key, charge]) => this.#charge(key, charge, now)));
    if (!this.#tidies && this.#rows > 0) await this.#tidyAt(now + this.tidyAfter);
    return outcomes;
  }

  /** Deletes what says nothing any more, and comes again while anything is left. */
  async alarm() {
    const now = Date.now();
    this.#sql.exec("DELETE FROM words WHERE until <= ?", now);
    this.#rows = this.#count();
    this.#tidies = false;
    if (this.#rows === 0) return;
    const { next } = this.#sql.exec("SELECT min(until) AS next FROM words").one();
    await this.#tidyAt(Math.max(Number(next), now + this.tidyAfter));
  }

  /**
   * @param {string} key
   * @param {string} charge
   * @param {number} now
   */
  #charge(key, charge, now) {
    const [row] = this.#sql.exec("SELECT word FROM words WHERE key = ?", key);
    const stored = row === undefined ? "" : String(row.word);
    const stepped = stepWith(module, now, charge, stored);
    if (stepped === null) return null;
    // A refusal that changes nothing need not be written, and writing is what costs.
    if (stepped.word !== stored && stepped.until > now) this.#keep(key, stepped, row === undefined);
    return stepped.charged;
  }

  /**
   * @param {string} key
   * @param {{ word: string, until: number }} stepped
   * @param {boolean} isNew
   */
  #keep(key, { word, until }, isNew) {
    if (isNew && this.#rows >= this.most) this.#makeWay();
    this.#sql.exec("INSERT INTO words VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET word = excluded.word, until = excluded.until", key, word, until);
    this.#rows += isNew ? 1 : 0;
  }

  #makeWay() {
    this.#sql.exec("DELETE FROM words WHERE key IN (SELECT key FROM words ORDER BY until LIMIT ?)", this.makeWay);
    this.#rows = this.#count();
  }

  #count() {
    return Number(this.#sql.exec("SELECT count(*) AS rows FROM words").one().rows);
  }

  /** @param {number} time */
  async #tidyAt(time) {
    this.#tidies = true;
    await this.ctx.storage.setAlarm(time);
  }
}
