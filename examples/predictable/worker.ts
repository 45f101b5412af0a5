/** The worker of the page: evaluates networks, so that sliders stay free. */

import { recovering } from "../site/recover.ts";
import { serve } from "../site/serve.ts";
import { measure } from "./compute.ts";
import type { Calls } from "./protocol.ts";

serve<Calls>({
  measure: (settings, { signal, say }) => recovering(() => measure(settings, signal), say),
});
