/** The worker of the page: a model that never ends stops here, not in the page. */

import { recovering } from "../site/recover.ts";
import { serve } from "../site/serve.ts";
import { compute } from "./compute.ts";
import { FieldError } from "./faults.ts";
import type { Calls } from "./protocol.ts";

serve<Calls>(
  { run: (asked, { signal, say }) => recovering(() => compute(asked, signal), say) },
  { partsOf: error => (error instanceof FieldError ? { place: error.place } : undefined) },
);
