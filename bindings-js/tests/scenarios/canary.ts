/** A corpus that cannot fail shows nothing: one scenario of each rule, with one expectation turned round. */

import { Difference } from "../difference.js";
import type { Outside } from "./outside.js";
import { type Scenario, type Step, asSeenBy } from "./script.js";
import { run } from "./stage.js";
import type { Way } from "./ways.js";

/** The first scenario that shows each rule. */
export function onePerRule(scenarios: readonly Scenario[]): Scenario[] {
  const rules = new Set<string>();
  return scenarios.filter((scenario) => {
    const isNew = scenario.rules.some((rule) => !rules.has(rule));
    for (const rule of scenario.rules) rules.add(rule);
    return isNew;
  });
}

/** The scenario with its last expectation turned into another one has to fail, and at that very step. */
export async function isNoticed(scenario: Scenario, way: Way, outside: Outside): Promise<void> {
  const { wrong, step } = flipped(asSeenBy(way.variant, scenario));
  try {
    await run(wrong, way, outside);
  } catch (error) {
    if (error instanceof Difference && error.message.includes(`(step ${step}, ${way.name})`)) return;
    throw error;
  }
  throw new Difference(`${scenario.name}: a wrong expectation passed`);
}

function flipped(scenario: Scenario): { readonly wrong: Scenario; readonly step: number } {
  for (let at = scenario.steps.length - 1; at >= 0; at -= 1) {
    const step = turned(scenario.steps[at] as Step);
    if (step !== undefined) return { wrong: { ...scenario, steps: [...scenario.steps.slice(0, at), step, ...scenario.steps.slice(at + 1)] }, step: at + 1 };
  }
  throw new Error(`${scenario.name} expects nothing`);
}

/** The step with another expectation, if it has one. */
function turned(step: Step): Step | undefined {
  switch (step.kind) {
    case "call":
      return { ...step, of: { ...step.of, expect: step.of.expect.kind === "error" ? { kind: "new_token" } : { kind: "token_of", of: "nobody's" } } };
    case "journal":
      return { ...step, of: step.of.map((counted, number) => (number === 0 ? { ...counted, count: counted.count + 1 } : counted)) };
    case "use":
      return { ...step, of: { ...step.of, status: step.of.status + 1 } };
    case "events":
      return { ...step, of: ["other", ...step.of.slice(1)] };
    default:
      return undefined;
  }
}
