/** The page that the command drives. */

import { OPERATIONS } from "./operations.ts";
import { servePage } from "./serve.ts";

servePage(OPERATIONS);
