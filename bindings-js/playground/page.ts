/** The page: its parts, and the simulator behind them. */

import { byId } from "./dom.js";
import { FlowPanel } from "./flow/panel.js";
import { Simulator } from "./simulator.js";
import { themeSwitch } from "./theme.js";

byId("theme", HTMLElement).append(themeSwitch());
try {
  const simulator = await Simulator.open();
  await new FlowPanel(simulator).open();
  document.body.dataset["ready"] = "";
} catch (error) {
  const trouble = byId("trouble", HTMLElement);
  trouble.hidden = false;
  trouble.textContent = `This page needs its simulator, which “make playground” starts. ${error instanceof Error ? error.message : String(error)}`;
}
