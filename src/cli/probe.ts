/** Ask navigator.gpu for an adapter and describe it; never waits for ever. Runs in the page. */

/** What was found, or why nothing was. */
export interface AdapterReport {
  readonly error?: string;
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  /** A CPU implementation, never to be called a GPU. */
  readonly software?: boolean;
  readonly limits?: Readonly<Record<string, number>>;
  readonly features?: readonly string[];
}

const RETRIES = 3;
const RETRY_MS = 300;
const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|warp|microsoft basic/i;

/**
 * @param gpu navigator.gpu, or undefined where there is none
 * @param timeout milliseconds for each of three requests
 */
export async function probeAdapter(gpu: GPU | undefined, timeout: number): Promise<AdapterReport> {
  if (!gpu) return { error: "navigator.gpu is missing" };
  let error = "";
  for (let attempt = 0; attempt < RETRIES; attempt++) {
    if (attempt > 0) await sleep(RETRY_MS);
    try {
      const adapter = await Promise.race([
        gpu.requestAdapter({ powerPreference: "high-performance" }),
        sleep(timeout).then(() => "late" as const),
      ]);
      // A request that never settles hangs the GPU process: asking again would only wait as long again.
      if (adapter === "late") return { error: `requestAdapter() did not settle within ${timeout / 1000} s` };
      if (adapter) return describe(adapter);
      error = "requestAdapter() gave null";
    } catch (thrown) {
      error = `requestAdapter() failed: ${(thrown as Error).message}`;
    }
  }
  return { error };
}

/** Adapter name for people. */
export function adapterName(report: AdapterReport): string {
  const { vendor, architecture, device, description } = report;
  return [vendor, architecture, device, description].filter(Boolean).join(" ") || "unnamed";
}

function describe(adapter: GPUAdapter): AdapterReport {
  const { vendor, architecture, device, description } = adapter.info;
  const fallback = (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") limits[name] = value;
  }
  return {
    vendor,
    architecture,
    device,
    description,
    software: fallback || SOFTWARE_NAMES.test([vendor, architecture, device, description].join(" ")),
    limits,
    features: [...adapter.features].sort(),
  };
}

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
