/** The associative scan: plans and recordings of reduce, spine and apply over any element. */

export { kalmanFilterElement } from "./elements/kalman_filter.ts";
export { kalmanSmootherElement } from "./elements/kalman_smoother.ts";
export {
  recordScan,
  type ScanBlock,
  type ScanElement,
  type ScanScratch,
  type ScanSizes,
  scanLevels,
  scanScratch,
  type TeamShape,
} from "./plan.ts";
