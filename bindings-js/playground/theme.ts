/** Light or dark: as the system has it, unless somebody chose. */

import { radios } from "./dom.js";

const KEY = "trusted-profile-theme";
const THEMES = [["system", "System"], ["light", "Light"], ["dark", "Dark"]] as const;

/** The switch, which keeps what was chosen. */
export function themeSwitch(): HTMLElement {
  const kept = localStorage.getItem(KEY) ?? "system";
  const chosen = THEMES.some(([name]) => name === kept) ? kept : "system";
  apply(chosen);
  return radios("Theme", "theme", THEMES, chosen, (name) => {
    localStorage.setItem(KEY, name);
    apply(name);
  });
}

function apply(name: string): void {
  if (name === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = name;
}
