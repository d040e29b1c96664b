/** Whether anything is under way in the page: its body says so. */

let underWay = 0;

/** Has the page be busy until `work` has ended. What else is under way goes on, and is waited for as well. */
export async function busily(work: () => Promise<void>): Promise<void> {
  underWay += 1;
  document.body.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    underWay -= 1;
    if (underWay === 0) document.body.removeAttribute("aria-busy");
  }
}
