/** What a device can do, as plain numbers that planners read. */

export interface Caps {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly maxStorageBuffersPerShaderStage: number;
  readonly timestamps: boolean;
  /** The adapter runs on the CPU. */
  readonly software: boolean;
}

/** Limits asked for, each up to what the adapter has. */
const WANTED = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxStorageBuffersPerShaderStage",
] as const;

/** Timestamps are whole numbers of 64 bits, which the host must be able to read. */
const hasTimestamps = (features: GPUSupportedFeatures): boolean =>
  features.has("timestamp-query") && typeof BigInt64Array === "function";

export function deviceDescriptor(adapter: GPUAdapter): GPUDeviceDescriptor {
  const requiredLimits = Object.fromEntries(WANTED.map(name => [name, adapter.limits[name]]));
  const requiredFeatures: GPUFeatureName[] = hasTimestamps(adapter.features) ? ["timestamp-query"] : [];
  return { label: "statescan", requiredLimits, requiredFeatures };
}

export function deviceCaps(device: GPUDevice, software: boolean): Caps {
  const { limits } = device;
  return Object.freeze({
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    timestamps: hasTimestamps(device.features),
    software,
  });
}
