/** The page: its parts, and the simulator behind them. */

import { byId } from "./dom.js";
import { FlowPanel } from "./flow/panel.js";
import { connect } from "./operations/connected.js";
import { OperationPanel } from "./operations/panel.js";
import { type Part, route } from "./route.js";
import { Simulator } from "./simulator.js";
import { themeSwitch } from "./theme.js";

async function open(simulator: Simulator, part: Part): Promise<void> {
  try {
    if (part === "flows") await new FlowPanel(simulator).open();
    else await new OperationPanel(await connect(simulator), simulator).open();
  } catch (error) {
    tell(error);
  }
}

function tell(error: unknown): void {
  const trouble = byId("trouble", HTMLElement);
  trouble.hidden = false;
  trouble.textContent = `This page needs its simulator, which “make playground” starts. ${error instanceof Error ? error.message : String(error)}`;
}

byId("theme", HTMLElement).append(themeSwitch());
try {
  const simulator = await Simulator.open();
  await route((part) => open(simulator, part));
  document.body.dataset["ready"] = "";
} catch (error) {
  tell(error);
}
