/** The frame of every page: the button for light and dark, the buttons that copy listings. */

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const KEY = "statescan-theme";
const WORDS: Readonly<Record<Theme, string>> = {
  system: "Colours: as the system",
  light: "Colours: light",
  dark: "Colours: dark",
};

/** Fired on window when colours change: charts draw again. */
export const THEME_EVENT = "statescan:theme";

function stored(): Theme {
  try {
    const found = localStorage.getItem(KEY);
    return THEMES.find(theme => theme === found) ?? "system";
  } catch {
    return "system"; // storage is forbidden
  }
}

function apply(theme: Theme): void {
  document.documentElement.style.colorScheme = theme === "system" ? "" : theme;
  for (const button of document.querySelectorAll("[data-theme-button]"))
    button.setAttribute("aria-label", WORDS[theme]);
  window.dispatchEvent(new Event(THEME_EVENT));
}

let theme = stored();
apply(theme);
for (const button of document.querySelectorAll("[data-theme-button]"))
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // storage is forbidden: the choice lasts as long as the page
    }
    apply(theme);
  });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(theme));

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]"))
  button.addEventListener("click", async () => {
    const text = button.parentElement!.querySelector("code")!.textContent ?? "";
    const copied = await copyText(text);
    button.textContent = copied ? "Copied" : "Select and copy by hand";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  });

/** @returns whether the clipboard took it; it needs https or localhost and the page in front */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
