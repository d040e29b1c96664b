/** Every language that code is written in. */

import { c } from "./c.js";
import { curl } from "./curl.js";
import { go } from "./go.js";
import { kotlin } from "./kotlin.js";
import { python } from "./python.js";
import { rust } from "./rust.js";
import type { Sample } from "./sample.js";
import { typescript } from "./typescript.js";

/** A language with what writes it. */
export interface Language {
  readonly name: string;
  readonly label: string;
  readonly write: (sample: Sample) => string;
}

/** In the order of their tabs. */
export const LANGUAGES: readonly Language[] = [
  { name: "curl", label: "curl", write: curl },
  { name: "rust", label: "Rust", write: rust },
  { name: "python", label: "Python", write: python },
  { name: "typescript", label: "TypeScript", write: typescript },
  { name: "go", label: "Go", write: go },
  { name: "c", label: "C", write: c },
  { name: "kotlin", label: "Kotlin", write: kotlin },
];
