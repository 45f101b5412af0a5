/** The worker of the page: iterates, so that sliders stay free. */

import { recovering } from "../site/recover.ts";
import { serve } from "../site/serve.ts";
import { compute } from "./compute.ts";
import type { Calls } from "./protocol.ts";

serve<Calls>({
  compute: (settings, { signal, say }) => recovering(() => compute(settings, signal), say),
});
