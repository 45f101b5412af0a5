/** First usable browser: $CHROME_PATH, then PATH, then the usual places, then Playwright's cache. */
export function findChrome(env?: NodeJS.ProcessEnv): { path: string; source: string } | null;

/** One sentence that says how to get a browser. */
export const HOW_TO_GET_CHROME: string;
