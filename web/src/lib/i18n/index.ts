/** Two languages in typed catalogues; a key that is missing in either does not compile. */
import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import { de } from "./de";
import { en } from "./en";

const KEY = "pixharbor.language";

export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof en;
  }
}

function isLanguage(value: string | null | undefined): value is Language {
  return languages.some((language) => language === value);
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (isLanguage(kept)) return kept;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.find(isLanguage) ?? "en";
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  void i18n.changeLanguage(language);
}

i18n.on("languageChanged", (language) => {
  document.documentElement.lang = language;
});

void i18n.use(initReactI18next).init({
  resources: { en, de },
  lng: firstLanguage(),
  fallbackLng: "en",
  defaultNS: "common",
  // React escapes what it renders.
  interpolation: { escapeValue: false },
  initAsync: false,
});
