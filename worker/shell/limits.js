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
   * Makes charges, each the key of its word, what `Charge::to_bytes` wrote, and whether it may be kept if it was not before. All
   * of them are made, or none. After a refusal that changes nothing, nothing new is kept: who is refused shall not fill the table.
   *
   * @param {import("./bindings.js").Step[]} charges
   * @returns {Promise<(string | null)[]>} The outcomes, null where a charge cannot be read: it comes from another version.
   */
  async step(charges) {
    const now = Date.now();
    const outcomes = this.#whole(() => this.#charges(charges, now));
    if (!this.#tidies && this.#rows > 0) await this.#tidyAt(now + this.tidyAfter);
    return outcomes;
  }

  /** Deletes what says nothing any more, and comes again while anything is left. */
  async alarm() {
    const now = Date.now();
    // Where this fails for good, the next charge sets another alarm.
    this.#tidies = false;
    this.#sql.exec("DELETE FROM words WHERE until <= ?", now);
    const { rows, next } = this.#sql.exec("SELECT count(*) AS rows, min(until) AS next FROM words").one();
    this.#rows = Number(rows);
    if (this.#rows > 0) await this.#tidyAt(Math.max(Number(next), now + this.tidyAfter));
  }

  /**
   * @template Result
   * @param {() => Result} change
   */
  #whole(change) {
    try {
      return this.ctx.storage.transactionSync(change);
    } catch (error) {
      // What was counted is taken back with the rest.
      this.#rows = this.#count();
      throw error;
    }
  }

  /**
   * @param {import("./bindings.js").Step[]} charges
   * @param {number} now
   */
  #charges(charges, now) {
    let refused = false;
    return charges.map(([key, charge, isNew]) => {
      const { charged, stays } = this.#charge(key, charge, isNew && !refused, now);
      refused ||= stays;
      return charged;
    });
  }

  /**
   * @param {string} key
   * @param {string} charge
   * @param {boolean} isNew  Whether the key may be kept if it was not before.
   * @param {number} now
   */
  #charge(key, charge, isNew, now) {
    const [row] = this.#sql.exec("SELECT word FROM words WHERE key = ?", key);
    const stored = row === undefined ? "" : String(row.word);
    const stepped = stepWith(module, now, charge, stored);
    if (stepped === null) return { charged: null, stays: false };
    const changes = stepped.word !== stored;
    // A refusal that changes nothing need not be written, and writing is what costs.
    if (changes && stepped.until > now && (isNew || row !== undefined)) this.#keep(key, stepped, row === undefined);
    return { charged: stepped.charged, stays: stepped.refused && !changes };
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
    await this.ctx.storage.setAlarm(time);
    this.#tidies = true;
  }
}
