/** The committed scenarios. For Node. */

import { join } from "node:path";
import * as corpora from "../vectors/corpus.js";
import { type Scenario, read } from "./script.js";

/** All scenarios. Fails when git knows of another number of files: a runner that overlooks one has not run them all. */
export function scenarios(): Scenario[] {
  const files = corpora.scenarios();
  const committed = corpora.committed(join(corpora.SCENARIOS, "scripts"));
  if (files.length !== committed) throw new Error(`${files.length} scenarios were found, ${committed} are committed`);
  return files.map(({ path, bytes }) => read(JSON.parse(bytes.toString()), path));
}

/** Their hash. */
export function digest(): string {
  return corpora.digest(corpora.scenarios());
}
