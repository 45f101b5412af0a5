/** The associative scan: plans and recordings of reduce, spine and apply over any element. */

export { type AffineScanInput, type AffineScanOptions, affineScan } from "./affine_scan.ts";
export { chunkMatrices, type MatrixTable, tableRow } from "./chunk_matrices.ts";
export { type Affine, affine, affineElement } from "./elements/affine.ts";
export {
  type HmmElementRequest,
  type HmmForm,
  hmmFilter,
  hmmFilterElement,
  hmmFixedLagElement,
  hmmSmootherElement,
  hmmTwoFilterElement,
  numberWords,
  rowWords,
} from "./elements/hmm_filter.ts";
export { hmmMaxPlus, hmmMaxPlusElement, type MaxPlusMatrix } from "./elements/hmm_max_plus.ts";
export { MOST_STATES } from "./elements/hmm_shape.ts";
export { indexMap, indexMapElement, type MapSource, mapWords } from "./elements/index_map.ts";
export { kalmanFilterElement } from "./elements/kalman_filter.ts";
export { kalmanFilterCovarianceElement } from "./elements/kalman_filter_covariance.ts";
export { kalmanSmootherElement } from "./elements/kalman_smoother.ts";
export { kalmanSmootherCovarianceElement } from "./elements/kalman_smoother_covariance.ts";
export { kalmanTwoFilterElement } from "./elements/kalman_two_filter.ts";
export {
  lyapunovElement,
  newtonBlocksElement,
  newtonDerivativeElement,
  newtonElement,
  newtonMobiusElement,
  newtonTrustElement,
  type SystemRequest,
} from "./elements/newton.ts";
export type { Variant } from "./elements/shape.ts";
export {
  NO_LEVELS,
  recordEach,
  recordScan,
  type ScanBlock,
  type ScanElement,
  type ScanScratch,
  type ScanSizes,
  scanLevels,
  scanScratch,
  type TeamShape,
} from "./plan.ts";
export {
  type LevelMatrices,
  recordChunkMatrices,
  recordVectorScan,
  type TableRows,
  type VectorBlock,
  type VectorElement,
  type VectorInputs,
  type VectorSizes,
  vectorLevels,
  vectorScratch,
} from "./vector_scan.ts";
